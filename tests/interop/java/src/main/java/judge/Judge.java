package judge;

import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.jaxb.XmlDigestMatcher;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.JAXBElement;
import jakarta.xml.bind.Unmarshaller;
import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.transform.stream.StreamSource;
import org.openehealth.ipf.commons.ihe.xds.XDS.Interactions;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLAdhocQueryRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLNonconstructiveDocumentSetRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLProvideAndRegisterDocumentSetRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLSubmitObjectsRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.ProvideAndRegisterDocumentSetRequestType;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.RetrieveDocumentSetRequestType;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.lcm.SubmitObjectsRequest;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.query.AdhocQueryRequest;
import org.openehealth.ipf.commons.ihe.xds.core.validate.requests.AdhocQueryRequestValidator;
import org.openehealth.ipf.commons.ihe.xds.core.validate.requests.NonconstructiveDocumentSetRequestValidator;
import org.openehealth.ipf.commons.ihe.xds.core.validate.requests.ProvideAndRegisterDocumentSetRequestValidator;
import org.openehealth.ipf.commons.ihe.xds.core.validate.requests.SubmitObjectsRequestValidator;

/** {@code Judge KIND FILE [KIND FILE]…}: one line per file, {@code ok} or the finding. */
public final class Judge {

  private interface Engine {
    void judge(File file) throws Exception;
  }

  private static final Map<String, Engine> ENGINES = new LinkedHashMap<>();

  static {
    ENGINES.put("iti18", Judge::storedQuery);
    ENGINES.put("iti41", Judge::provideAndRegister);
    ENGINES.put("iti43", Judge::retrieve);
    ENGINES.put("iti57", Judge::metadataUpdate);
    ENGINES.put("xades", Judge::signature);
  }

  private Judge() {}

  public static void main(String[] arguments) {
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      System.out.println(verdict(ENGINES.get(arguments[i]), new File(arguments[i + 1])));
    }
  }

  private static String verdict(Engine engine, File file) {
    try {
      engine.judge(file);
      return "ok";
    } catch (Exception error) {
      return String.valueOf(error).replace('\n', ' ');
    }
  }

  private static <T> T read(File file, Class<T> type) throws Exception {
    Unmarshaller reader = JAXBContext.newInstance(type).createUnmarshaller();
    JAXBElement<T> element = reader.unmarshal(new StreamSource(file), type);
    return element.getValue();
  }

  private static void storedQuery(File file) throws Exception {
    AdhocQueryRequestValidator.getInstance()
        .validate(new EbXMLAdhocQueryRequest30(read(file, AdhocQueryRequest.class)), Interactions.ITI_18);
  }

  private static void provideAndRegister(File file) throws Exception {
    ProvideAndRegisterDocumentSetRequestValidator.getInstance()
        .validate(
            new EbXMLProvideAndRegisterDocumentSetRequest30(
                read(file, ProvideAndRegisterDocumentSetRequestType.class)),
            Interactions.ITI_41);
  }

  private static void retrieve(File file) throws Exception {
    NonconstructiveDocumentSetRequestValidator.getInstance()
        .validate(
            new EbXMLNonconstructiveDocumentSetRequest30<>(
                read(file, RetrieveDocumentSetRequestType.class)),
            Interactions.ITI_43);
  }

  private static void metadataUpdate(File file) throws Exception {
    SubmitObjectsRequestValidator.getInstance()
        .validate(
            new EbXMLSubmitObjectsRequest30(read(file, SubmitObjectsRequest.class)),
            Interactions.ITI_57);
  }

  /** Cryptography and references only: whom to trust is another question. */
  private static void signature(File file) throws Exception {
    SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(document(file));
    validator.setCertificateVerifier(new CommonCertificateVerifier());
    DiagnosticData data = validator.validateDocument().getDiagnosticData();
    if (data.getSignatures().size() != 1) {
      throw new IllegalStateException(data.getSignatures().size() + " signatures");
    }
    SignatureWrapper signature = data.getSignatures().get(0);
    for (XmlDigestMatcher matcher : signature.getDigestMatchers()) {
      boolean external = matcher.getType().name().equals("MANIFEST_ENTRY");
      if (!external && !(matcher.isDataFound() && matcher.isDataIntact())) {
        throw new IllegalStateException(matcher.getType() + " " + matcher.getUri() + " is not intact");
      }
    }
    if (!signature.isSignatureIntact() || !signature.isSignatureValid()) {
      throw new IllegalStateException("the signature value does not verify");
    }
    if (signature.getClaimedSigningTime() == null) {
      throw new IllegalStateException("no signing time was understood");
    }
    if (!signature.isSigningCertificateReferencePresent()
        || signature.getSigningCertificateReference() == null
        || !signature.getSigningCertificateReference().isDigestValueMatch()) {
      throw new IllegalStateException("the signing certificate is not the one that was signed");
    }
  }

  private static DSSDocument document(File file) {
    return new FileDocument(file);
  }
}
