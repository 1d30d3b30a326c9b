"""Ordinary words: what names of forms, services and papers are made of, and no figures.

A word that says of whom, of where, of when or of how figures are is none of these.
"""

from __future__ import annotations

_OF_FORMS = """
= abbreviation abbreviations above achievement acknowledgement acknowledgment acronym acronyms
action actions address alphabetical amber annex annexes annual appendices appendix approver arrow
as assured attachment automatic automatically back background basket below better blank block blue
bold bookmark bottom box button bvpi bvpis calculated calculation call cell chart checklist choose
circulation classification clause click code codes collection colour coloured column completion
confidence confidential contact contacts content context continued copyright cover cpi crest crown
csv dashboard data database date deadline definition designation detail direction disclaimer
distribution doc document down download drop dropdown editable edition email embargoed enable
enabled endnotes enquiries enquiry entry excel exception exercise explanation export extract faq
fax feedback field file filter final first font footnote footnotes forename foreword form format
formula formulae frequency front glossary good graph gray great green grey grid guidance guide
guideline handbook heading headline help here hidden hide highlight history home hyperlink id
information initials inputter instruct instruction intentionally internal introduction inventory
issue italic job key keys landscape left legend light line link list lists locked log logo lookup
macro macros main mandatory manual mark marked marking matrix menu metadata mobile month n name
narrative next no not notes number numbered off official one optional outturn overleaf overview
pack page panel paper paragraph password pdf period please pmf populated portfolio portrait
postcode pre preface prepopulated print printed printing pro proforma protect protected protective
protectively public publication publish purpose quarter quarterly queries query questionnaire rag
reader receipt record recycled red ref reference register reminder report reporting request
reserved respect restricted resubmission return rev rights row saved schedule scorecard scroll
second section secure security see select sensitive sensitivity sequence serial set shaded sheet
show sign signature signed signoff sort spare spi spreadsheet statement status step sub submission
subsection suggestion suite summary supplier surname symbol tab table telephone template terms text
thank thanks these third this tick ticked timetable title to toolkit tracker traffic unclassified
unlock unlocked unnumbered unused up update upload use version welcome word workbook worse xls xlsx
y yellow yes
"""
_OF_COUNCILS = """
abandoned abuse accommodation accountancy accounting adaptations administration administrative
admissions adoption advice affairs affordable agenda aim air alcohol allocations allotment analysis
anti antisocial appeals apprenticeships archaeology architect architects archives arena arrears-
free arts asbestos asset assets assistant assurance attainment attendance authority
balanced banking barrister behaviour being benefit benefits bereavement bidding bin bins
biodiversity board borough brand branding breaks bridge bridges broadband brokerage building
buildings burial bus business buy cabinet campaign campaigns carbon care caretakers caretaking
caring carriageway carriageways cashiers catering cctv cemeteries cemetery ceremonial change
charges charter chief childcare choice cinema civic clean cleaner cleaning cleansing clerk climate
coast coastal cohesion collections commercialisation commissioning committee communication
communications communities community complaint complaints compliance compliment composting
concessionary concierge conservation constitution consultation contingency conveyancing core
coroner corporate council councillor counter countryside creative creditors crematorium crime
crisis cultural culture cycling daycare debt debtors decent deliver deliverable delivery democracy
democratic department dept deputy design developing development director directorate disclosure
disorder disposal diversity division drainage drug economic economy education educational election
electoral electrical emergency emissions employment enabling energy enforcement engagement
engineering ensuring enterprise environment environmental equality estate estates ethics event
events executive external facilities facility fares festivals finance financial fire fleet flood
flooding fly food footway footways forum fostering framework fraud freedom freight fuel galleries
gallery gambling gas geographic gis governance graffiti graphics green greener greenspace
greenspaces grounds gullies gym gyms handling harbour hardship health healthy hedges
help helping heritage highway highways home homelessness homes housing hr hub human ict improve
improvement improving inclusion independence independent indicator infrastructure innovation input
insight insurance integrated integration intelligence internal internet intervention intranet
investment it item jobs joint justice keeping knowledge kpi kpis lamp land landfill landlord law
leader learning lease ledger legal legionella leisure lettings libraries library licence licences
licensing lifts lighting lights listed litigation litter living local lpi lpis mainstream
maintaining maintenance major management manager managing mapping market marketing mash mayor
measure mechanical media meeting member milestone milestones minute mission misuse modern
modernisation money monitor monitoring museum museums music need needs neighbourhoods network noise
npi nurseries nursery objective occupational offending office officer ombudsman option options
ordinance organisational outcome output panel parenting park parking parks participation
partnership passenger pathway pathways payments payroll pension pensions performance permanence
permit permits personnel pest pi pillar pis pitches place plan planning plans play playground
playgrounds playing pledge pledges policy pollution pool pools potholes poverty premises press
preventing prevention priorities priority procurement programme project promise promoting
properties property protecting protection providing psychology public quantity rail
raising reablement realm reception records recycling reducing refuse regeneration registrar
registrars registration regulation regulatory rehabilitation relations renewable rent rents report
research resettlement resilience resource resources respite reuse review right rights risk risks
road roads rough safe safeguarding safer safety sanctuary scene scheme scrutiny secretariat sensory
service sexual shared sharing signage signals signs skill skills sleepers sleeping social solicitor
solicitors space spaces special specialist sport sports standards statistics statutory strand
strategic strategy stray street streets streetscene structural substance success successful support
supported supporting surveyors sustainability sustainable swimming tackling target tax
taxi team technology tenancy theatre theatres theme therapeutic therapy tipping tourism trading
traffic training transformation transition transitions transport transportation
treasury tree trees tribunals tunnel tunnels unit universal valuation value values verges violence
vision voluntary volunteering walking wardens warm warmth waste watch water way website weeds
welfare well wellbeing winter woodland woodlands workforce works workstream
"""
_OF_MOTTOS = """
accountability accountable all ambition ambitious and attractive better bold brighter building by
can changing connected creative each effective efficient every everybody everyone excellence
excellent fair fairer fairness focused forward from future happy honesty inclusive innovative
integrity into life listening lives making on openness opportunities opportunity or our outstanding
positive pride prosperity prosperous proud quality resilient respect responsive serving strong
stronger teamwork thriving through to together towards vibrant we with work your
"""
#: Ordinary beside such words; alone they say of whom or of what figures are.
NOT_ALONE = frozenset(
    {"child", "children", "young", "youth", "adult", "older", "people", "family", "families"}
    | {"school", "pupil", "parent", "citizen", "customer", "consumer", "disability", "private"}
    | {"growth", "revenue", "new", "open", "due", "used", "collected", "issued", "published"}
    | {"completed", "complete", "early", "commercial", "domestic", "civil", "digital", "control"}
    | {"physical", "mental", "working", "travel", "white", "contract", "year", "years", "rate"}
    | {"police", "neighbourhood", "resident", "best", "last", "web", "top", "town", "centre"}
    | {"audit", "grant", "referral", "assessment", "repair", "post"}
)
#: Together these are everybody.
EVERYBODY = frozenset({"children", "adults"})
ORDINARY = frozenset(
    word for words in (_OF_FORMS, _OF_COUNCILS, _OF_MOTTOS) for word in words.split()
)
