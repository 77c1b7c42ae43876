package judge;

import jakarta.xml.ws.soap.SOAPBinding;
import java.io.FileInputStream;
import java.net.ServerSocket;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.xml.namespace.QName;
import org.apache.cxf.BusFactory;
import org.apache.cxf.binding.soap.SoapMessage;
import org.apache.cxf.binding.soap.interceptor.AbstractSoapInterceptor;
import org.apache.cxf.configuration.jsse.TLSServerParameters;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.cxf.phase.Phase;
import org.apache.cxf.transport.http_jetty.JettyHTTPServerEngineFactory;
import org.apache.cxf.ws.addressing.WSAddressingFeature;

/** {@code Server KEYSTORE PASSWORD REPOSITORY_ID}: prints its address, serves until stopped. */
public final class Server {

  /** The VIHF is another judge's business: this server only does not refuse it. */
  private static final class Tokens extends AbstractSoapInterceptor {
    private static final QName SECURITY =
        new QName(
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
            "Security");

    Tokens() {
      super(Phase.PRE_PROTOCOL);
    }

    @Override
    public void handleMessage(SoapMessage message) {}

    @Override
    public Set<QName> getUnderstoodHeaders() {
      return Set.of(SECURITY);
    }
  }

  private Server() {}

  public static void main(String[] arguments) throws Exception {
    int port = freePort();
    serveTls(port, arguments[0], arguments[1].toCharArray());
    Registry registry = new Registry(arguments[2]);
    String base = "https://localhost:" + port;
    publish(base + "/registry", registry.new Questions());
    publish(base + "/repository", registry.new Contents());
    System.out.println(base);
    System.out.flush();
    // Whoever started us holds our standard input: we leave with it.
    while (System.in.read() != -1) {}
    System.exit(0);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void serveTls(int port, String file, char[] password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream content = new FileInputStream(file)) {
      store.load(content, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    TLSServerParameters tls = new TLSServerParameters();
    tls.setKeyManagers(keys.getKeyManagers());
    JettyHTTPServerEngineFactory engines =
        BusFactory.getDefaultBus().getExtension(JettyHTTPServerEngineFactory.class);
    engines.setTLSServerParametersForPort("localhost", port, tls);
  }

  private static void publish(String address, Object service) {
    EndpointImpl endpoint =
        new EndpointImpl(BusFactory.getDefaultBus(), service, SOAPBinding.SOAP12HTTP_MTOM_BINDING);
    endpoint.setFeatures(List.of(new WSAddressingFeature()));
    endpoint.getInInterceptors().add(new Tokens());
    endpoint.publish(address);
  }
}
