"""Help beside the fields of the huvudman's own analysis: what skollagen (4 kap. 3 §) and Skolinspektionen ask of
a huvudman, with a good and a weak example. The words and the examples are ours."""

from tracker.models import CauseLocation

LOCATIONS = {
    CauseLocation.GOVERNANCE: "Mål, prioriteringar och hur uppdrag och dialoger leder arbetet.",
    CauseLocation.RESOURCES: "Pengar, lokaler och tid, och om de går dit behoven är störst.",
    CauseLocation.STAFFING: "Rekrytering, behörighet, rektorsbyten och kompetensutveckling.",
    CauseLocation.UNIT_SUPPORT: "Om stödet når dem som behöver det, i tid, och gör skillnad.",
    CauseLocation.ROUTINES: "Rutiner för alla enheter, och hur resultat följs och analyseras.",
    CauseLocation.BEYOND: "Sådant huvudmannen inte råder över. Fråga då vad ni ändå kan ändra.",
}
"""A line under each place where a cause at the huvudman's own level can lie."""

LOOKS_FOR = {
    "basis": (
        "Skolinspektionen ser efter om huvudmannen bygger på enheternas egna analyser och inte bara på "
        "siffror: fastställda analyser, dialoger, bedömda åtgärder, resultat vid flera tillfällen och vad "
        "rektorerna säger om stödet. Skriv vad ni har läst, från när, och hur mycket det är."
    ),
    "results": (
        "Skolinspektionen ser efter om huvudmannen har en samlad bild av alla verksamheter: vad som går bra "
        "och mindre bra, för vilka, och hur det har ändrats. Beskriv mönster över enheterna, utan att "
        "rangordna dem. Skriv antal bredvid procent när gruppen är liten, och inget om enskilda."
    ),
    "problem": (
        "Välj det som flera enheter delar, eller som ingen enhet kan lösa själv. Skriv vad som inte fungerar "
        "för barn och elever, inte vilken insats som saknas."
    ),
    "cause": (
        "Fråga vad huvudmannen själv gör, eller låter bli att göra, som kan förklara resultatet. Det som "
        "ligger i undervisningen äger enheterna: här gäller det villkoren för den."
    ),
    "location": (
        "Skolinspektionen ser efter om huvudmannen söker förklaringar i sitt eget arbete: hur den styr, "
        "fördelar resurser, bemannar, stödjer och följer upp. Välj den plats där ni skulle börja ändra något."
    ),
    "participation": (
        "Enligt skollagen (4 kap. 3 §) ska huvudmannen planera, följa upp, analysera och utveckla utbildningen "
        "på sin nivå. Skriv hur rektorer, personal, barn, elever och vårdnadshavare har fått bidra, och vad "
        "det ändrade i analysen. Nämn grupper, inga namn."
    ),
}

EXAMPLES = {
    "basis": (
        "Sju av åtta fastställda nulägesanalyser, minnesanteckningarna från årets dialoger, de 17 bedömda "
        "åtgärderna från förra läsåret och rektorsgruppens synpunkter på elevhälsan i november.",
        "Statistik och rektorernas erfarenheter.",
        "Det går inte att se vilka, från när eller hur mycket.",
    ),
    "results": (
        "9 % av eleverna i grundskolan hade mer än 15 % frånvaro i våras, mot 11 % året före. Två enheter står "
        "för nästan hela minskningen. I årskurs 7–9 har frånvaron inte ändrats.",
        "Frånvaron är ett problem på flera skolor men går åt rätt håll.",
        "Hur stor, i vilka årskurser, och jämfört med när?",
    ),
    "problem": (
        "Elever som har varit borta i två veckor får olika hjälp att komma tillbaka, beroende på vilken skola de "
        "går i.",
        "Vi behöver en ny närvaroplan.",
        "Det är en lösning. Vad är det som inte fungerar för eleverna i dag?",
    ),
    "cause": (
        "Vi skrev närvarorutinen utan rektorerna och har följt upp om den finns, inte om den används.",
        "Rektorerna följer inte rutinen.",
        "Orsaken läggs på enheterna och säger inget om vad huvudmannen kan göra annorlunda.",
    ),
    "evidence": (
        "Vid sex dialoger i höst kunde två rektorer visa hur rutinen används. I uppföljningen från april frågade "
        "vi bara om den var känd.",
        "Det har framkommit i samtal.",
        "I vilka, hur många, och vad sades?",
    ),
    "location": (
        "”Rutinen skrevs utan dem som ska använda den” ligger i gemensamma rutiner: det är huvudmannen som kan "
        "skriva om den.",
        "Utanför huvudmannens arbete, eftersom familjerna bestämmer över frånvaron.",
        "Det går inte att ändra därifrån. Vad i stödet till skolorna spelar roll?",
    ),
    "factor": (
        "Orsaken är att rektorerna sällan ser varandras arbete. Faktorn är professionell utveckling, och två "
        "enheter har redan börjat besöka varandra.",
        "Kompetent ledarskap, på alla orsaker.",
        "När samma faktor står överallt säger den inget om den enskilda orsaken.",
    ),
    "rollover": (
        "9 % hade mer än 15 % frånvaro i våras, mot 11 % året före. De två enheter som skrev rutinen med oss "
        "minskade från 13 till 8 %, övriga inte alls.",
        "Det har blivit bättre.",
        "Hur mycket, för vilka, och hur vet ni det?",
    ),
    "participation": (
        "Rektorsgruppen läste utkastet två gånger och strök ett problem. Elevråden från fyra skolor svarade på vad "
        "som får dem att stanna hemma, och det gav orsaken om raster.",
        "Alla har varit delaktiga.",
        "Hur, i vad, och vad blev annorlunda?",
    ),
}
