package judge;

import jakarta.jws.WebService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.EbXMLFactory;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLAdhocQueryRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLFactory30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLNonconstructiveDocumentSetRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.EbXMLProvideAndRegisterDocumentSetRequest30;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.ProvideAndRegisterDocumentSetRequestType;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.RetrieveDocumentSetRequestType;
import org.openehealth.ipf.commons.ihe.xds.core.ebxml.ebxml30.RetrieveDocumentSetResponseType;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.Association;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.AssociationType;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.AvailabilityStatus;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.Document;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.DocumentEntry;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.ObjectReference;
import org.openehealth.ipf.commons.ihe.xds.core.requests.DocumentReference;
import org.openehealth.ipf.commons.ihe.xds.core.requests.ProvideAndRegisterDocumentSet;
import org.openehealth.ipf.commons.ihe.xds.core.requests.QueryRegistry;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.FindDocumentsQuery;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.GetDocumentsQuery;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.Query;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.QueryReturnType;
import org.openehealth.ipf.commons.ihe.xds.core.responses.ErrorCode;
import org.openehealth.ipf.commons.ihe.xds.core.responses.ErrorInfo;
import org.openehealth.ipf.commons.ihe.xds.core.responses.QueryResponse;
import org.openehealth.ipf.commons.ihe.xds.core.responses.Response;
import org.openehealth.ipf.commons.ihe.xds.core.responses.RetrievedDocument;
import org.openehealth.ipf.commons.ihe.xds.core.responses.RetrievedDocumentSet;
import org.openehealth.ipf.commons.ihe.xds.core.responses.Severity;
import org.openehealth.ipf.commons.ihe.xds.core.responses.Status;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.query.AdhocQueryRequest;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.query.AdhocQueryResponse;
import org.openehealth.ipf.commons.ihe.xds.core.stub.ebrs30.rs.RegistryResponseType;
import org.openehealth.ipf.commons.ihe.xds.core.transform.requests.ProvideAndRegisterDocumentSetTransformer;
import org.openehealth.ipf.commons.ihe.xds.core.transform.requests.QueryRegistryTransformer;
import org.openehealth.ipf.commons.ihe.xds.core.transform.requests.RetrieveDocumentSetRequestTransformer;
import org.openehealth.ipf.commons.ihe.xds.core.transform.responses.QueryResponseTransformer;
import org.openehealth.ipf.commons.ihe.xds.core.transform.responses.ResponseTransformer;
import org.openehealth.ipf.commons.ihe.xds.core.transform.responses.RetrieveDocumentSetResponseTransformer;

/** Entries and documents in memory, understood and written by IPF alone. */
public final class Registry {
  private static final EbXMLFactory EBXML = new EbXMLFactory30();
  private final Map<String, Document> documents = new LinkedHashMap<>();
  private final String repositoryUniqueId;

  Registry(String repositoryUniqueId) {
    this.repositoryUniqueId = repositoryUniqueId;
  }

  @WebService(endpointInterface = "judge.StoredQueries", targetNamespace = Repository.XDS)
  public final class Questions implements StoredQueries {
    @Override
    public AdhocQueryResponse ask(AdhocQueryRequest body) {
      QueryRegistry asked =
          new QueryRegistryTransformer(EBXML).fromEbXML(new EbXMLAdhocQueryRequest30(body));
      return new QueryResponseTransformer(EBXML).toEbXML(answer(asked)).getInternal();
    }
  }

  @WebService(endpointInterface = "judge.Repository", targetNamespace = Repository.XDS)
  public final class Contents implements Repository {
    @Override
    public RegistryResponseType provide(ProvideAndRegisterDocumentSetRequestType body) {
      ProvideAndRegisterDocumentSet set =
          new ProvideAndRegisterDocumentSetTransformer(EBXML)
              .fromEbXML(new EbXMLProvideAndRegisterDocumentSetRequest30(body));
      return new ResponseTransformer(EBXML).toEbXML(register(set)).getInternal();
    }

    @Override
    public RetrieveDocumentSetResponseType retrieve(RetrieveDocumentSetRequestType body) {
      List<RetrievedDocument> found = new ArrayList<>();
      for (DocumentReference wanted :
          new RetrieveDocumentSetRequestTransformer(EBXML)
              .fromEbXML(new EbXMLNonconstructiveDocumentSetRequest30<>(body))
              .getDocuments()) {
        Document document = documents.get(wanted.getDocumentUniqueId());
        if (document != null && repositoryUniqueId.equals(wanted.getRepositoryUniqueId())) {
          String type = document.getDocumentEntry().getMimeType();
          found.add(new RetrievedDocument(document.getDataHandler(), wanted, null, null, type));
        }
      }
      Status status = found.isEmpty() ? Status.FAILURE : Status.SUCCESS;
      return new RetrieveDocumentSetResponseTransformer(EBXML)
          .toEbXML(new RetrievedDocumentSet(status, found))
          .getInternal();
    }
  }

  private synchronized Response register(ProvideAndRegisterDocumentSet set) {
    for (Document document : set.getDocuments()) {
      if (documents.containsKey(document.getDocumentEntry().getUniqueId())) {
        return refusal(ErrorCode.DUPLICATE_UNIQUE_ID_IN_REGISTRY);
      }
    }
    for (Association association : set.getAssociations()) {
      if (association.getAssociationType() == AssociationType.REPLACE
          && !deprecate(association.getTargetUuid())) {
        return refusal(ErrorCode.UNRESOLVED_REFERENCE_EXCEPTION);
      }
    }
    for (Document document : set.getDocuments()) {
      DocumentEntry entry = document.getDocumentEntry();
      entry.setEntryUuid("urn:uuid:" + UUID.randomUUID());
      entry.setLogicalUuid(entry.getEntryUuid());
      entry.setAvailabilityStatus(AvailabilityStatus.APPROVED);
      entry.setRepositoryUniqueId(repositoryUniqueId);
      documents.put(entry.getUniqueId(), document);
    }
    return new Response(Status.SUCCESS);
  }

  private boolean deprecate(String entryUuid) {
    for (Document document : documents.values()) {
      if (document.getDocumentEntry().getEntryUuid().equals(entryUuid)) {
        document.getDocumentEntry().setAvailabilityStatus(AvailabilityStatus.DEPRECATED);
        return true;
      }
    }
    return false;
  }

  private static Response refusal(ErrorCode code) {
    Response response = new Response(Status.FAILURE);
    response.setErrors(List.of(new ErrorInfo(code, "refused", Severity.ERROR, null, null)));
    return response;
  }

  private synchronized QueryResponse answer(QueryRegistry asked) {
    Predicate<DocumentEntry> wanted = filter(asked.getQuery());
    QueryResponse response = new QueryResponse(Status.SUCCESS);
    List<DocumentEntry> entries = new ArrayList<>();
    for (Document document : documents.values()) {
      if (wanted.test(document.getDocumentEntry())) {
        entries.add(document.getDocumentEntry());
      }
    }
    if (asked.getReturnType() == QueryReturnType.OBJECT_REF) {
      List<ObjectReference> references = new ArrayList<>();
      entries.forEach(entry -> references.add(new ObjectReference(entry.getEntryUuid())));
      response.setReferences(references);
    } else {
      response.setDocumentEntries(entries);
    }
    return response;
  }

  private static Predicate<DocumentEntry> filter(Query query) {
    if (query instanceof FindDocumentsQuery find) {
      return entry ->
          entry.getPatientId().getId().equals(find.getPatientId().getId())
              && find.getStatus().contains(entry.getAvailabilityStatus())
              && (find.getTypeCodes() == null
                  || find.getTypeCodes().isEmpty()
                  || find.getTypeCodes().stream()
                      .anyMatch(code -> code.getCode().equals(entry.getTypeCode().getCode())));
    }
    if (query instanceof GetDocumentsQuery get) {
      return entry ->
          (get.getUniqueIds() != null && get.getUniqueIds().contains(entry.getUniqueId()))
              || (get.getUuids() != null && get.getUuids().contains(entry.getEntryUuid()));
    }
    throw new IllegalArgumentException(query.getClass().getSimpleName());
  }
}
