"""Councils: the names by which a line may say that its figures are another council's."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.returns.interpret.labels import Vocabulary
from schemas.names import name_key

ANOTHER_COUNCIL = "of another council"
#: Principal councils of the United Kingdom, but for those whose names are common words as well.
_NAMES = """
Aberdeen, Aberdeenshire, Adur, Allerdale, Amber Valley, Angus, Antrim and Newtownabbey,
Ards and North Down, Argyll and Bute, Arun, Ashfield, Ashford, Aylesbury Vale, Babergh, Barking and
Dagenham, Barnet, Barnsley, Barrow-in-Furness, Basildon, Basingstoke and Deane, Bassetlaw,
Bath and North East Somerset, Bedford, Bedfordshire, Belfast, Bexley, Birmingham, Blaby, Blackburn
with Darwen, Blackpool, Blaenau Gwent, Bolsover, Bolton, Bournemouth, Bracknell Forest, Bradford,
Braintree, Breckland, Brent, Brentwood, Bridgend, Brighton and Hove, Bristol, Broadland, Bromley,
Bromsgrove, Broxbourne, Broxtowe, Buckinghamshire, Burnley, Caerphilly, Calderdale, Cambridge,
Cambridgeshire, Camden, Cannock Chase, Canterbury, Cardiff, Carlisle, Carmarthenshire, Castle
Point, Central Bedfordshire, Ceredigion, Charnwood, Chelmsford, Cheltenham, Cherwell, Cheshire,
Cheshire East, Cheshire West and Chester, Chesterfield, Chichester, Chiltern, Chorley,
Christchurch, Clackmannanshire, Colchester, Conwy, Copeland, Corby, Cornwall, Cotswold, County
Durham, Coventry, Crawley, Croydon, Cumberland, Cumbria, Dacorum, Darlington, Dartford, Daventry,
Denbighshire, Derby, Derbyshire, Derry and Strabane, Devon, Doncaster, Dorset, Dover, Dudley,
Dumfries and Galloway, Dundee, Durham, Ealing, East Ayrshire, East Cambridgeshire, East Devon, East
Dorset, East Dunbartonshire, East Hampshire, East Hertfordshire, East Lindsey, East Lothian, East
Northamptonshire, East Renfrewshire, East Riding of Yorkshire, East Staffordshire, East Suffolk,
East Sussex, Eastbourne, Eastleigh, Edinburgh, Elmbridge, Enfield, Epping Forest, Epsom and Ewell,
Erewash, Essex, Exeter, Falkirk, Fareham, Fenland, Flintshire, Forest Heath, Forest of Dean, Fylde,
Gateshead, Gedling, Glasgow, Gloucester, Gloucestershire, Gosport, Gravesham, Great Yarmouth,
Greenwich, Guildford, Gwynedd, Hackney, Halton, Hambleton, Hammersmith and Fulham, Hampshire,
Harborough, Haringey, Harlow, Harrogate, Harrow, Hartlepool, Hastings, Havant, Havering,
Herefordshire, Hertfordshire, Hertsmere, High Peak, Hillingdon, Hinckley and Bosworth, Horsham,
Hounslow, Huntingdonshire, Hyndburn, Inverclyde, Ipswich, Isle of Anglesey, Isle of Wight,
Islington, Kensington and Chelsea, Kent, Kettering, King's Lynn and West Norfolk, Kingston upon
Hull, Kingston upon Thames, Kirklees, Knowsley, Lambeth, Lancashire, Lancaster, Leeds, Leicester,
Leicestershire, Lewes, Lewisham, Lichfield, Lincoln, Lincolnshire, Lisburn and Castlereagh,
Liverpool, Luton, Maidstone, Maldon, Malvern Hills, Manchester, Mansfield, Medway, Melton, Mendip,
Merthyr Tydfil, Merton, Mid Devon, Mid Suffolk, Mid Sussex, Mid Ulster, Middlesbrough, Midlothian,
Milton Keynes, Mole Valley, Monmouthshire, Moray, Neath Port Talbot, New Forest, Newark and
Sherwood, Newcastle upon Tyne, Newcastle-under-Lyme, Newham, Newport, Norfolk, North Ayrshire, North
Devon, North Dorset, North East Derbyshire, North East Lincolnshire, North Hertfordshire, North
Kesteven, North Lanarkshire, North Lincolnshire, North Norfolk, North Northamptonshire, North
Somerset, North Tyneside, North Warwickshire, North West Leicestershire, North Yorkshire,
Northampton, Northamptonshire, Northumberland, Norwich, Nottingham, Nottinghamshire, Nuneaton and
Bedworth, Oadby and Wigston, Oldham, Orkney Islands, Oxford, Oxfordshire, Pembrokeshire, Pendle,
Perth and Kinross, Peterborough, Plymouth, Poole, Portsmouth, Powys, Preston, Purbeck, Redbridge,
Redcar and Cleveland, Redditch, Reigate and Banstead, Renfrewshire, Rhondda Cynon Taf, Ribble
Valley, Richmond upon Thames, Richmondshire, Rochdale, Rochford, Rossendale, Rother, Rotherham,
Runnymede, Rushcliffe, Rushmoor, Rutland, Ryedale, Salford, Sandwell, Scarborough, Scottish
Borders, Sedgemoor, Sefton, Selby, Sevenoaks, Sheffield, Shepway, Shetland Islands, Shropshire,
Slough, Solihull, Somerset, South Ayrshire, South Cambridgeshire, South Derbyshire, South
Gloucestershire, South Hams, South Holland, South Kesteven, South Lakeland, South Lanarkshire, South
Norfolk, South Northamptonshire, South Oxfordshire, South Ribble, South Somerset, South
Staffordshire, South Tyneside, Southampton, Southend-on-Sea, Southwark, Spelthorne, St Albans,
St Edmundsbury, St Helens, Stafford, Staffordshire, Staffordshire Moorlands, Stevenage, Stirling,
Stockport, Stockton-on-Tees, Stoke-on-Trent, Stratford-on-Avon, Stroud, Suffolk, Suffolk Coastal,
Sunderland, Surrey, Surrey Heath, Sutton, Swale, Swansea, Swindon, Tameside, Tamworth, Tandridge,
Taunton Deane, Teignbridge, Telford and Wrekin, Tendring, Tewkesbury, Thanet, Three Rivers,
Thurrock, Tonbridge and Malling, Torbay, Torfaen, Torridge, Tower Hamlets, Trafford, Tunbridge
Wells, Uttlesford, Vale of Glamorgan, Vale of White Horse, Wakefield, Walsall, Waltham Forest,
Wandsworth, Warrington, Warwick, Warwickshire, Watford, Waveney, Waverley, Wealden,
Wellingborough, Welwyn Hatfield, West Berkshire, West Devon, West Dunbartonshire, West Lancashire,
West Lindsey, West Lothian, West Northamptonshire, West Oxfordshire, West Somerset, West Suffolk,
West Sussex, Westminster, Westmorland and Furness, Weymouth and Portland, Wigan, Wiltshire,
Winchester, Windsor and Maidenhead, Wirral, Wokingham, Wolverhampton, Worcester, Worcestershire,
Worthing, Wrexham, Wychavon, Wycombe, Wyre, Wyre Forest, York
"""
_KIND = r"(?:metropolitan borough|county borough|borough|city|county|district|metropolitan|unitary)"
#: What may stand around such a name, but for `of` and `the`.
_AROUND = re.compile(
    rf"^(?:(?:london|royal|metropolitan) borough|city|county|borough|district|council) "
    rf"|(?: {_KIND})? (?:council|authority)$"
)
_SMALL = frozenset({"of", "the"})


def _key(text: str) -> str:
    return " ".join(word for word in name_key(text).split() if word not in _SMALL)


_COUNCILS = frozenset(map(_key, _NAMES.split(",")))


@lru_cache(maxsize=2_000)
def another_council(words: Vocabulary, text: str) -> str:
    """The council that a text names and says nothing else, as it is compared; empty: none.

    None is the register's own, the namesake of a service area, or a body that the register names.
    """
    key = _key(text)
    name = _AROUND.sub("", key)
    if name not in _COUNCILS:
        # Of several that are named together none is the register's own alone.
        several = name.replace(" and ", " ").split()
        return name if several[1:] and _COUNCILS.issuperset(several) else ""
    own = (f" {_key(each)} " for each in (words.council, *words.areas, *words.bodies))
    return "" if any(f" {name} " in each for each in own) else key


def is_bare(key: str) -> bool:
    """Whether what a council is called is the name of its place alone."""
    return key in _COUNCILS
