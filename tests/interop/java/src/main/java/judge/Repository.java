package judge;

import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.xml.bind.annotation.XmlSeeAlso;
import jakarta.xml.ws.Action;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.ProvideAndRegisterDocumentSetRequestType;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.RetrieveDocumentSetRequestType;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.RetrieveDocumentSetResponseType;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.rim.ObjectFactory;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.rs.RegistryResponseType;

/** ITI-41 and ITI-43 behind one address, as the DMP has them. */
@WebService(targetNamespace = Repository.XDS, name = "DocumentRepository_PortType")
@SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
@XmlSeeAlso({
  ObjectFactory.class,
  org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.lcm.ObjectFactory.class,
  org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.rs.ObjectFactory.class
})
public interface Repository {
  String XDS = "urn:ihe:iti:xds-b:2007";
  String RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";

  @WebResult(name = "RegistryResponse", targetNamespace = RS, partName = "body")
  @Action(
      input = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
      output = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse")
  @WebMethod(operationName = "DocumentRepository_ProvideAndRegisterDocumentSet-b")
  RegistryResponseType provide(
      @WebParam(
              partName = "body",
              name = "ProvideAndRegisterDocumentSetRequest",
              targetNamespace = XDS)
          ProvideAndRegisterDocumentSetRequestType body);

  @WebResult(name = "RetrieveDocumentSetResponse", targetNamespace = XDS, partName = "body")
  @Action(
      input = "urn:ihe:iti:2007:RetrieveDocumentSet",
      output = "urn:ihe:iti:2007:RetrieveDocumentSetResponse")
  @WebMethod(operationName = "DocumentRepository_RetrieveDocumentSet")
  RetrieveDocumentSetResponseType retrieve(
      @WebParam(partName = "body", name = "RetrieveDocumentSetRequest", targetNamespace = XDS)
          RetrieveDocumentSetRequestType body);
}
