"""Ordinary words: what names of forms, services and papers are made of, and no figures.

A word that says of whom, of where, of when or of how figures are is none of these.
"""

from __future__ import annotations

_OF_FORMS = """
= above achievement amber annex annual appendix arrow as assured attachment back below better blank
block blue box cell chart checklist classification collection colour coloured column completion
confidential contact contacts content continued copyright cover dashboard data database date
deadline definition detail direction document down download edition email entry excel exercise
explanation export extract field file final first footnote form format frequency front good graph
gray great green grey grid guidance guide guideline heading headline help home id information
instruction internal introduction inventory issue key legend light line link list log main mark
marked marking matrix menu month n name next no not notes number off official one overleaf overview
pack page panel period please print printed printing pro proforma protect protected protectively
public publication publish quarter quarterly questionnaire rag record red ref reference register
report reporting request reserved restricted return rights row schedule scorecard second section
secure security see sensitive set shaded sheet sign signature signed signoff spreadsheet statement
status step submission summary tab table template text thank thanks these third this title to
tracker traffic unclassified up update upload use version welcome white workbook worse xls xlsx y
year yellow yes
"""
_OF_COUNCILS = """
abuse accountancy accounting adoption agenda aim alcohol analysis anti antisocial arts asset assets
assistant assurance attainment authority balanced behaviour being benefit benefits bereavement
board borough building buildings business cabinet carbon care caring cemeteries change charter
chief clean cleaner cleansing climate commissioning committee communication communications
communities community complaint complaints compliment consultation contingency contract core
corporate council councillor countryside crematorium crime cultural culture deliver delivery
democratic department dept deputy development director directorate disorder diversity drug economic
economy education election electoral emergency employment energy enforcement engagement engineering
enterprise environment environmental equality estate estates event events executive facilities
facility finance financial food forum fostering framework governance green greener grounds head
health healthy help heritage highway highways home homelessness homes housing hr hub human ict
improve improvement improving inclusion independence independent indicator infrastructure
innovation input insight intelligence investment it item justice knowledge kpi kpis landlord law
leader learning legal leisure libraries library licensing living local lpi lpis management manager
marketing mayor measure media meeting member minute mission misuse money monitor monitoring museum
museums neighbourhoods npi objective offending office officer organisational outcome output panel
parenting park parking parks partnership payroll performance personnel pi pis place plan planning
plans policy priorities priority procurement programme project promise properties property
protection public realm recycling refuse regeneration registrars registration regulation regulatory
report research resilience resource resources review road roads safe safeguarding safer safety
scheme scrutiny service skill skills social solicitor space spaces sport sports standards
statistics statutory strategic strategy street streets streetscene substance support supported
supporting sustainability sustainable target tax team technology theme tourism town trading traffic
training transformation transport transportation treasury unit value values violence vision waste
well wellbeing workforce
"""
_OF_MOTTOS = """
all and better brighter building by each effective efficient every excellence excellent fair fairer
forward from future into making on or our proud quality responsive serving strong stronger thriving
through to together towards we with work your
"""
#: Ordinary beside such words; alone they say of whom or of what figures are.
NOT_ALONE = frozenset(
    {"child", "children", "young", "youth", "adult", "older", "people", "family", "families"}
    | {"school", "pupil", "parent", "citizen", "customer", "consumer", "disability", "private"}
    | {"growth", "revenue", "new", "open", "due", "used", "collected", "issued", "published"}
    | {"completed", "complete", "early", "commercial", "domestic", "civil", "digital", "control"}
    | {"physical", "mental", "working", "travel"}
)
#: Together these are everybody.
EVERYBODY = frozenset({"children", "adults"})
ORDINARY = frozenset(
    word for words in (_OF_FORMS, _OF_COUNCILS, _OF_MOTTOS) for word in words.split()
)
