"""A small CDA header and the request around it, common to the tests of XDS."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace

import pytest

from lgc.domain.documents import Confidentiality, Document, DocumentKind, Origin
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner

CDA = """<ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="FR"/>
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/>
<templateId root="1.2.250.1.213.1.1.1.13"/><id root="1.2.250.1.999.3.1"/>
<code code="SYNTH" codeSystem="1.2.250.1.213.1.1.4.12" displayName="Synthèse"/>
<title>Synthèse médicale</title><effectiveTime value="20300115095500+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/>
<languageCode code="fr-FR"/>
<recordTarget><patientRole><id extension="299069999999912" root="1.2.250.1.213.1.4.10"/>
<id extension="P-17" root="1.2.250.1.999.7"/><patient><name>
<family qualifier="BR">PATIENTE</family><given>TEST ANNE</given><given qualifier="BR">TEST</given>
<family qualifier="CL">USUELLE</family><given qualifier="CL">TEST</given></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19990615"/></patient></patientRole></recordTarget>
<author><functionCode code="PCP" displayName="Médecin traitant"
 codeSystem="2.16.840.1.113883.5.88"/><time value="20300115095500+0100"/><assignedAuthor>
<id root="1.2.250.1.71.4.2.1" extension="899700057294"/><code code="G15_10/SM26"
 codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecin - Qualifié en Médecine Générale (SM)"/>
<assignedPerson><name><given>Paul</given><family>MEDECIN5729</family></name></assignedPerson>
<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="499700057294001"/>
<name>CABINET &amp; ASSOCIES</name></representedOrganization></assignedAuthor></author>
<legalAuthenticator><time value="20300115095500+0100"/><signatureCode code="S"/><assignedEntity>
<id root="1.2.250.1.71.4.2.1" extension="899700057294"/><assignedPerson><name><given>Paul</given>
<family>MEDECIN5729</family></name></assignedPerson></assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><code code="34117-2" codeSystem="2.16.840.1.113883.6.1"
 displayName="Historique et clinique"/><effectiveTime><low value="20300115094000+0100"/>
<high value="20300115095500+0100"/></effectiveTime><performer typeCode="PRF"><assignedEntity>
<id root="1.2.250.1.71.4.2.1" extension="899700057294"/><representedOrganization>
<standardIndustryClassCode code="AMBULATOIRE" displayName="Ambulatoire"
 codeSystem="1.2.250.1.213.1.1.4.9"/></representedOrganization></assignedEntity></performer>
</serviceEvent></documentationOf>
<componentOf><encompassingEncounter><effectiveTime><low value="20300115094000+0100"/>
</effectiveTime><location><healthCareFacility><code code="SA07" displayName="Cabinet individuel"
 codeSystem="1.2.250.1.71.4.2.4"/></healthCareFacility></location></encompassingEncounter>
</componentOf><component><structuredBody><component><section><text>œdème</text></section>
</component></structuredBody></component></ClinicalDocument>""".encode()

DOCTOR = Practitioner(
    holder=CardHolder(
        national_id="899700057294",
        family_name="MEDECIN5729",
        given_name="PAUL",
        profession=Coded("10", "1.2.250.1.71.1.2.7", "Médecin"),
        speciality="SM26",
        card_serial="1",
    ),
    place=PlaceOfPractice("499700057294001", "CABINET DU DR MEDECIN5729", "SA07"),
)
PATIENT = QualifiedIns(
    Ins("299069999999912", "1.2.250.1.213.1.4.10"),
    Traits("PATIENTE", ("TEST", "ANNE"), Sex.FEMALE, dt.date(1999, 6, 15)),
)


def document(content=CDA, **changes):
    """The stored document whose bytes are ``content``."""
    base = Document(
        document_id="d1",
        patient_id="p1",
        unique_id="1.2.250.1.999.3.1",
        set_id="1.2.250.1.999.3",
        version=1,
        title="Synthèse médicale",
        type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"),
        kind=DocumentKind.VSM,
        origin=Origin.PRACTICE,
        mime_type="text/xml",
        created_at=dt.datetime(2030, 1, 15, 8, 55, tzinfo=dt.UTC),
        author="Dr",
        organisation="Cabinet",
        sha1=hashlib.sha1(content).hexdigest(),
        size=len(content),
    )
    return replace(base, **changes)


@dataclass(frozen=True)
class Request:
    """What the services hand over for one submission."""

    ins: QualifiedIns = PATIENT
    author: Practitioner = DOCTOR
    document: Document = field(default_factory=document)
    content: bytes = CDA
    confidentiality: Confidentiality = Confidentiality.VISIBLE
    submission_set_id: str = "1.2.250.1.999.4.1"
    signature_document_id: str = "1.2.250.1.999.4.2"
    earlier: tuple = ()
    submitted_at: dt.datetime = dt.datetime(2030, 1, 15, 9, 0, tzinfo=dt.UTC)
    title: str = "Synthèse médicale"
    comments: str = ""
    others: tuple = ()


@pytest.fixture
def request_of():
    """A maker of requests: ``request_of(confidentiality=…)``."""
    return Request
