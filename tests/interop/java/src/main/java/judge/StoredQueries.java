package judge;

import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.xml.bind.annotation.XmlSeeAlso;
import jakarta.xml.ws.Action;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.query.AdhocQueryRequest;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.query.AdhocQueryResponse;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.rim.ObjectFactory;

/** ITI-18. */
@WebService(targetNamespace = Repository.XDS, name = "DocumentRegistry_PortType")
@SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
@XmlSeeAlso({
  ObjectFactory.class,
  org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.query.ObjectFactory.class,
  org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.rs.ObjectFactory.class
})
public interface StoredQueries {
  String QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";

  @WebResult(name = "AdhocQueryResponse", targetNamespace = QUERY, partName = "body")
  @Action(
      input = "urn:ihe:iti:2007:RegistryStoredQuery",
      output = "urn:ihe:iti:2007:RegistryStoredQueryResponse")
  @WebMethod(operationName = "DocumentRegistry_RegistryStoredQuery")
  AdhocQueryResponse ask(
      @WebParam(partName = "body", name = "AdhocQueryRequest", targetNamespace = QUERY)
          AdhocQueryRequest body);
}
