"""Our own checks against the official rules: mutated samples are caught by both, or by none."""

import pytest
from lxml import etree

from lgc.cda import check

pytestmark = pytest.mark.xdist_group("cda_oracle")  # compiling the schematrons takes seconds
NS = {"h": "urn:hl7-org:v3"}
VSM, BIO, RX, VAC, LDL, N1 = (
    "VSM_1.4_2022.01",
    "BIO-CR-BIO_2024.01_TSH_1",
    "eP-MED-DM_2024.01_PosoStruct",
    "VAC_2023.01",
    "LDL-SES_2022.01",
    "DOC_NON_STRUCTURE_CDA-R2-N1",
)
PATIENT = "h:recordTarget/h:patientRole"
PERSON = f"{PATIENT}/h:patient"
EVENT = "h:documentationOf[1]/h:serviceEvent"
KEEPER = "h:custodian/h:assignedCustodian/h:representedCustodianOrganization"
ENCOUNTER = "h:componentOf/h:encompassingEncounter"
DRUG = ".//h:substanceAdministration[h:templateId/@root='1.2.250.1.213.1.1.3.83']"
PROBLEM = ".//h:observation[h:templateId/@root='1.2.250.1.213.1.1.3.37']"
CONCERN = ".//h:act[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.5.2']"
ALLERGY = ".//h:observation[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.6']"
TREATMENT = ".//h:substanceAdministration[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.7']"
SHOT = ".//h:substanceAdministration[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.12']"
GONE = object()

# sample, where, which attribute (None: the text; « - »: the element), what it becomes
MUTATIONS = [
    (VSM, "h:realmCode", "code", "US"),
    (VSM, "h:id", "root", "not an oid"),
    (VSM, "h:code", "code", "SYNTHESE"),
    (VSM, "h:code", "displayName", GONE),
    (VSM, "h:title", "-", GONE),
    (VSM, "h:effectiveTime", "value", "hier"),
    (VSM, "h:confidentialityCode", "code", "X"),
    (VSM, "h:confidentialityCode", "displayName", GONE),
    (VSM, "h:languageCode", "code", "fr"),
    (VSM, "h:setId", "-", GONE),
    (VSM, "h:versionNumber", "value", "un"),
    (VSM, "h:templateId[1]", "-", GONE),
    (VSM, "h:templateId[3]", "-", GONE),
    (VSM, f"{PATIENT}/h:id[1]", "extension", GONE),
    (VSM, f"{PERSON}/h:name/h:family[1]", "qualifier", "SP"),
    (VSM, f"{PERSON}/h:name/h:family[1]", "qualifier", GONE),
    (VSM, f"{PERSON}/h:name/h:given[@qualifier='BR']", "-", GONE),
    (VSM, f"{PERSON}/h:birthTime", "-", GONE),
    (VSM, f"{PERSON}/h:birthplace", "-", GONE),
    (VSM, f"{PERSON}/h:administrativeGenderCode", "code", "Z"),
    (VSM, f"{PATIENT}/h:telecom[1]", "value", "01 44 53 45 51"),
    (VSM, f"{PATIENT}/h:telecom[1]", "use", "HOME"),
    (VSM, "h:author/h:time", "-", GONE),
    (VSM, "h:author/h:assignedAuthor/h:id", "-", GONE),
    (VSM, "h:author/h:assignedAuthor/h:code", "code", "G15_10/SM999"),
    (VSM, "h:author/h:assignedAuthor/h:assignedPerson/h:name/h:prefix", None, "Monsieur"),
    (VSM, "h:author/h:assignedAuthor/h:assignedPerson/h:name/h:family", "-", GONE),
    (VSM, f"{KEEPER}/h:id", "root", "1.2.3"),
    (VSM, f"{KEEPER}/h:id", "-", GONE),
    (VSM, "h:legalAuthenticator/h:signatureCode", "-", GONE),
    (VSM, "h:legalAuthenticator/h:time", "-", GONE),
    (VSM, "h:legalAuthenticator", "-", GONE),
    (VSM, f"{EVENT}/h:performer", "-", GONE),
    (VSM, f"{EVENT}/h:effectiveTime", "-", GONE),
    (VSM, f"{EVENT}/h:performer//h:standardIndustryClassCode", "code", "CABINET"),
    (VSM, f"{ENCOUNTER}/h:effectiveTime", "-", GONE),
    (VSM, f"{ENCOUNTER}/h:location//h:code", "code", "SA99"),
    (VSM, f"{ENCOUNTER}/h:location", "-", GONE),
    (VSM, f"{ENCOUNTER}/h:code", "code", "CONSULT"),
    (VSM, "h:participant", "typeCode", "XXX"),
    (VSM, CONCERN + "/h:code", "nullFlavor", GONE),
    (VSM, CONCERN + "/h:statusCode", "-", GONE),
    (VSM, PROBLEM + "/h:code", "code", "G-1009"),
    (VSM, PROBLEM + "/h:value", "-", GONE),
    (VSM, ALLERGY + "/h:id", "-", GONE),
    (VSM, ALLERGY + "/h:code", "code", "12345"),
    (VSM, TREATMENT + "/h:doseQuantity/h:low", "-", GONE),
    (VSM, TREATMENT + "/h:statusCode", "code", "active"),
    (VSM, TREATMENT + "/h:consumable", "-", GONE),
    (VSM, ".//h:section[h:templateId/@root='1.2.250.1.213.1.1.2.31']", "-", GONE),
    (VSM, ".//h:section[h:templateId/@root='1.2.250.1.213.1.1.2.32']/h:id", "-", GONE),
    (VSM, ".//h:text/h:table/h:tbody", "-", GONE),
    (VSM, ".//h:structuredBody/h:component/h:section", "-", GONE),
    (VSM, ".//h:entry/h:act", "-", GONE),
    (VSM, ".//h:entry/h:act/h:templateId[2]", "-", GONE),
    (VSM, ALLERGY + "/h:templateId[1]", "-", GONE),
    (VSM, PROBLEM, "negationInd", "peut-être"),
    (VSM, ".//h:td/h:content", "ID", "avec une espace"),
    (VSM, "h:informant/h:relatedEntity/h:relatedPerson", "-", GONE),
    (VSM, ".//h:entry/h:act", "classCode", GONE),
    (VSM, ".//h:entryRelationship", "typeCode", GONE),
    (VSM, "h:legalAuthenticator/h:assignedEntity/h:code", "codeSystem", GONE),
    (VSM, ".//h:section/h:code[@code='30954-2']", "codeSystem", GONE),
    (VSM, "h:authenticator/h:assignedEntity/h:id", "extension", GONE),
    (LDL, TREATMENT + "/h:effectiveTime", "-", GONE),
    (LDL, ".//h:templateId[@root='1.2.250.1.213.1.1.2.35.1']", "-", GONE),
    (VAC, ".//h:observation[h:code/@code='30973-2']/h:value", "-", GONE),
    (BIO, "h:versionNumber", "-", GONE),
    (BIO, f"{EVENT}/h:performer", "-", GONE),
    (BIO, ".//h:observation/h:value[@unit]", "value", "beaucoup"),
    (RX, DRUG + "/h:entryRelationship/h:act[h:code/@code='N']", "-", GONE),
    (RX, DRUG + "/h:id", "-", GONE),
    (RX, f"{EVENT}/h:effectiveTime/h:high", "-", GONE),
    (RX, ".//h:section[h:templateId/@root='1.2.250.1.213.1.1.2.243']", "-", GONE),
    (RX, "h:code", "code", "57828-6"),
    (RX, "h:author/h:assignedAuthor/h:code", "-", GONE),
    (VAC, SHOT + "/h:id", "-", GONE),
    (VAC, SHOT + "/h:code", "code", GONE),
    (VAC, SHOT + "/h:statusCode", "-", GONE),
    (VAC, SHOT + "/h:effectiveTime", "value", "en 2009"),
    (LDL, "h:code", "codeSystem", "LOINC"),
    (LDL, "h:informationRecipient/h:intendedRecipient", "-", GONE),
    (N1, "h:templateId[3]", "-", GONE),
]
# What the rules say in words and the oracle does not see: shadowed or document-wide tests.
STRICTER = [
    (VSM, "h:typeId", "extension", "POCD_HD000041"),
    (RX, DRUG + "/h:repeatNumber", "-", GONE),
    (N1, "h:component/h:nonXMLBody/h:text", "mediaType", "application/x-program"),
]
# What neither calls an error: a change that the rules allow.
HARMLESS = [
    (VSM, "h:effectiveTime", "value", "20200312"),
    (VSM, f"{ENCOUNTER}/h:code", "-", GONE),
    (VSM, ".//h:section[h:templateId/@root='1.2.250.1.213.1.1.2.150']/h:text", "-", GONE),
    (VSM, PROBLEM + "/h:text/h:reference", "value", "#perdu"),
    (RX, DRUG + "/h:maxDoseQuantity", "-", GONE),
    (BIO, ".//h:interpretationCode", "-", GONE),
    (LDL, "h:informationRecipient", "-", GONE),
]


def mutated(samples, mutation):
    sample, path, attribute, becomes = mutation
    tree = etree.parse(samples / f"{sample}.xml")
    node = tree.getroot().xpath(path, namespaces=NS)[0]
    if attribute is None:
        node.text = becomes
    elif attribute == "-":
        # Of a relation without its target nothing meaningful is left.
        gone = node.getparent() if node.getparent().tag.endswith("Relationship") else node
        gone.getparent().remove(gone)
    elif becomes is GONE:
        del node.attrib[attribute]
    else:
        node.set(attribute, becomes)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)


def named(mutation):
    return f"{mutation[0][:6]} {mutation[1][-40:]} {mutation[2]}"


def refused(oracle, validator, content):
    """Whether one of the official judges refuses: the others need not be asked, which is slow."""
    document = etree.ElementTree(etree.fromstring(content))
    if any(True for _ in validator._check_schema(document)):
        return True
    own = oracle.PROFILES[validator.detect(document.getroot())]
    node = validator._processor.parse_xml(xml_text=etree.tostring(document, encoding="unicode"))
    return any(
        finding.level == "error"
        for judge in (*([own] if own else []), *oracle.COMMON)
        for finding in validator._check_schematron(judge, node, document)
    )


def both(validator, content, file):
    file.write_bytes(content)
    official = validator.validate(file).errors
    ours = [finding for finding in check.check(content) if finding.level == "error"]
    return official, ours


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_what_the_official_rules_refuse_we_refuse(oracle, validator, samples, mutation):
    content = mutated(samples, mutation)
    ours = [finding for finding in check.check(content) if finding.level == "error"]

    assert refused(oracle, validator, content), "the oracle does not mind: this proves nothing"
    assert ours
    assert all(finding.sentence and finding.advice and finding.line for finding in ours)


@pytest.mark.parametrize("mutation", STRICTER, ids=named)
def test_what_the_rules_say_in_words_we_check_too(samples, mutation):
    found = check.check(mutated(samples, mutation))

    assert [finding.level for finding in found].count("error") == 1


@pytest.mark.parametrize("mutation", HARMLESS, ids=named)
def test_what_the_official_rules_allow_we_allow(validator, samples, tmp_path, mutation):
    assert both(validator, mutated(samples, mutation), tmp_path / "m.xml") == ([], [])


def test_no_official_sample_is_refused(samples):
    for file in sorted(samples.glob("*.xml")):
        found = [f for f in check.check(file.read_bytes()) if f.level == "error"]

        assert found == [], file.name
