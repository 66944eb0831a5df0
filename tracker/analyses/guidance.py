"""Help beside the fields: what Skolinspektionen looks for in an analysis, with a good and a weak
example. The advice follows its follow-up of schools with long-lasting low results (sought causes in the
own work, several sources, closer follow-up); the words and the examples are ours.
"""

from dataclasses import dataclass

from tracker.analyses import guidance_own
from tracker.models import CauseLocation, ProblemDevelopment, UnitKind


@dataclass(frozen=True, slots=True)
class Guide:
    title: str
    looks_for: str
    good: str
    weak: str
    why_weak: str


LOCATIONS = {
    CauseLocation.TEACHING: "Innehåll, arbetssätt och hur undervisningen möter dem den är till för.",
    CauseLocation.LEADERSHIP: "Schema, tid för planering, ansvar, kompetens och hur arbetet leds.",
    CauseLocation.FOLLOW_UP: "Hur ni följer resultaten, och hur enhet och huvudman hjälps åt.",
    CauseLocation.ENVIRONMENT: "Relationer, trygghet, arbetsro, lokaler och raster.",
    CauseLocation.SUPPORT: "Extra anpassningar, särskilt stöd och det förebyggande arbetet.",
    **guidance_own.LOCATIONS,
    CauseLocation.OUTSIDE: "Sådant ni inte råder över. Fråga er då också vad ni själva kan ändra.",
}
"""A line under each place where a cause can lie."""

DEVELOPMENTS = {
    ProblemDevelopment.REMAINS: "Följer med till årets analys, med sina orsaker. Där kan ni skriva om dem.",
    ProblemDevelopment.CHANGED: "Följer också med. Skriv om problemet och orsakerna efter hur det ser ut nu.",
    ProblemDevelopment.SOLVED: "Står kvar som en rad i årets analys. Ni behöver inte skriva några orsaker.",
}
"""A line under each thing that can have become of a problem."""

_TITLES = {
    "basis": "Hjälp: vad analysen bygger på",
    "results": "Hjälp: en bra resultatbild",
    "problem": "Hjälp: ett tydligt problem",
    "cause": "Hjälp: en orsak som går att påverka",
    "evidence": "Hjälp: belägg som håller",
    "location": "Hjälp: var orsaken ligger",
    "factor": "Hjälp: framgångsfaktor",
    "rollover": "Hjälp: hur det ser ut nu",
    "deepening": "Hjälp: varför analysen fördjupas",
    "support": "Hjälp: stöd som gör skillnad",
    "participation": "Hjälp: vilka som ska vara med",
}

_LOOKS_FOR = {
    "basis": (
        "Skolinspektionen ser efter om analysen vilar på flera källor och inte bara på slutresultat: "
        "resultat vid flera tillfällen, besök i verksamheten, enkäter, samtal och det ni själva har "
        "följt upp. Skriv vad ni har tittat på, från när, och hur mycket det är."
    ),
    "results": (
        "Skolinspektionen ser efter om bilden är konkret: vad som går bra och mindre bra, för vilka, "
        "och hur det har ändrats sedan förra året. Beskriv här, förklara längre ned. Skriv antal bredvid "
        "procent när gruppen är liten, och inget om enskilda."
    ),
    "problem": (
        "Ett problem i taget, så avgränsat att ni kan se när det har blivit bättre. Skriv vad som inte "
        "fungerar, inte vilken lösning som saknas."
    ),
    "cause": (
        "Skolinspektionen vill att förklaringarna söks i det egna arbetet: vad gör vi, eller låter bli "
        "att göra, som kan förklara resultatet? En orsak som ligger hos eleverna eller deras familjer ger "
        "inget att ändra på. Fråga ”varför?” en gång till."
    ),
    "evidence": (
        "En orsak är ett antagande tills något talar för den. Skriv vad ni har sett eller hört, hur många "
        "gånger och när, så att någon annan kan bedöma om det håller."
    ),
    "location": (
        "Skolinspektionen ser efter om orsakerna söks i undervisningen och i hur arbetet leds och följs upp, "
        "och inte bara utanför skolan. Välj den plats där ni skulle börja ändra något. Passar två, så är "
        "det kanske två orsaker."
    ),
    "factor": (
        "Skolinspektionen ser efter om skolan förstår vad som bär en utveckling över tid. Välj den faktor "
        "som orsaken säger mest om, eller ingen alls: den är till för att ni ska hitta andra som har "
        "arbetat med samma sak, inte för att alla ska fyllas."
    ),
    "rollover": (
        "Skolinspektionen ser efter om det syns från år till år vad som har hänt med ett problem, och vad "
        "ni bygger det på. Skriv samma mått som förra året med de nya siffrorna, och vad ni tror förklarar "
        "skillnaden. Kvarstår problemet oförändrat är det orsaken eller åtgärden som behöver en ny tanke."
    ),
    "deepening": (
        "Skolinspektionen ser efter om huvudmannen vet vilka enheter som behöver en djupare analys, varför, "
        "och vad den bygger det på. Skriv vad i uppföljningen ni såg, hur länge det har varit så och vad "
        "ni vill veta mer om."
    ),
    "support": (
        "Skolinspektionen ser efter om huvudmannens stöd svarar mot det enheten behöver, och om någon vet "
        "vem som gör vad. Skriv vad som är erbjudet, vad enheten själv vill ha, och vem som till slut gav "
        "det och när."
    ),
    "participation": (
        "Enligt skollagen (4 kap. 4 §) ska kvalitetsarbetet på enheten göras med personalen och eleverna, "
        "och barn i förskolan och vårdnadshavare ska få möjlighet att delta. Skriv hur de var med och vad "
        "det ändrade i analysen. Nämn grupper, inga namn."
    ),
}

_SCHOOL = {
    "basis": (
        "Kartläggning av läsförståelse i åk 3 i maj, 12 lektionsbesök i oktober, intervjuer med 24 elever "
        "i grupp och arbetslagens utvärderingar från juni.",
        "Resultat och enkäter.",
        "Det går inte att se vilka, från när eller hur mycket.",
    ),
    "results": (
        "69 % av eleverna i åk 3 nådde kravnivån i läsförståelse (29 av 42), mot 66 % året före. Skillnaden "
        "är en elev. Skönlitteratur går bra, faktatexter är svårast i alla tre klasserna.",
        "Resultaten är låga men på rätt väg.",
        "Hur låga, i vad, för vilka, och jämfört med när?",
    ),
    "problem": (
        "Var tredje elev i åk 3 förstår inte faktatexter på den nivå som krävs.",
        "Vi saknar speciallärare.",
        "Det är en lösning som saknas. Vad är det eleverna inte klarar?",
    ),
    "cause": (
        "Vi lär eleverna att avkoda, men visar sällan hur man tar sig an en svår text.",
        "Omotiverade elever med dåliga förkunskaper.",
        "Orsaken läggs på eleverna och pekar inte ut något som skolan kan göra annorlunda.",
    ),
    "evidence": (
        "Vid 12 lektionsbesök i oktober visade läraren en lässtrategi i 2. I intervjuerna säger elever: "
        "”Jag läser om det tills det går.”",
        "Det är lärarnas samlade erfarenhet.",
        "Ingen annan kan pröva om det stämmer.",
    ),
    "location": (
        "”Vi planerar var för sig eftersom schemat saknar gemensam tid” ligger i organisation och ledning: "
        "det är schemat som går att ändra.",
        "Utanför skolan, eftersom många elever läser lite hemma.",
        "Det går inte att ändra därifrån. Vad gör undervisningen av det som eleverna har med sig?",
    ),
    "factor": (
        "Orsaken är att lärarna sällan ser varandras undervisning. Faktorn är professionell utveckling, "
        "och två andra skolor har arbetat med samma sak.",
        "Kompetent ledarskap, på alla orsaker.",
        "När samma faktor står överallt säger den inget om den enskilda orsaken.",
    ),
    "rollover": (
        "I maj nådde 74 % kravnivån (31 av 42), mot 69 % året före. Läraren visade en lässtrategi vid 9 av "
        "12 besök, mot 2. Klassen med vikarie hela våren har inte ändrats.",
        "Det har blivit bättre.",
        "Hur mycket, för vilka, och hur vet ni det?",
    ),
    "deepening": (
        "Behörigheten till yrkesprogram har varit under 60 % tre år i rad, och vid två dialoger har "
        "orsakerna legat hos eleverna. Vi vill veta vad i undervisningen som kan förklara det.",
        "Resultaten är låga.",
        "Vilka, sedan när, och vad är det ni inte vet än?",
    ),
    "support": (
        "Kvalitetsutvecklaren besöker tolv lektioner med biträdande rektor i oktober och leder två samtal "
        "med arbetslagen om vad de såg.",
        "Stöd från förvaltningen vid behov.",
        "Vem, med vad, och när?",
    ),
    "participation": (
        "Arbetslagen läste resultaten i augusti och skrev var sin orsak. Elevrådet gick igenom "
        "trygghetsenkäten och pekade ut två platser på skolgården, som vi hade missat.",
        "Alla har varit delaktiga.",
        "Hur, i vad, och vad blev annorlunda?",
    ),
}

_PRESCHOOL = {
    **_SCHOOL,
    "basis": (
        "Åtta filmade samlingar i september, arbetslagens reflektioner under våren och utvecklingssamtal "
        "med vårdnadshavare på fyra avdelningar.",
        "Våra observationer.",
        "Det går inte att se vilka, från när eller hur många.",
    ),
    "results": (
        "I de filmade samlingarna talar barn med annat modersmål i median 40 sekunder per kvart, mot två "
        "minuter för övriga. Skillnaden är minst på de avdelningar som delar gruppen.",
        "Språkutvecklingen fungerar olika bra.",
        "Hur olika, för vilka, och vad har ni sett?",
    ),
    "problem": (
        "Barn med annat modersmål än svenska får lite utrymme att tala.",
        "Barngrupperna är för stora.",
        "Det är en förklaring. Vad är det barnen går miste om?",
    ),
    "cause": (
        "Samlingen är för stor och våra frågor för slutna.",
        "Många familjer talar inte svenska hemma.",
        "Det kan inte förskolan ändra. Vad i det egna arbetet spelar roll?",
    ),
    "evidence": (
        "I åtta filmade samlingar ställdes 71 frågor. 60 av dem kunde besvaras med ett ord.",
        "Vi märker det varje dag.",
        "Ingen annan kan pröva om det stämmer.",
    ),
    "location": (
        "”Samlingen är för stor för att alla ska hinna tala” ligger i undervisningen: gruppen går att dela.",
        "Utanför förskolan, eftersom många talar ett annat språk hemma.",
        "Det går inte att ändra därifrån. Vad i förskolans dag ger barnen utrymme?",
    ),
    "factor": (
        "Orsaken är att arbetslagen sällan reflekterar när alla är på plats. Faktorn är professionell "
        "utveckling, och en annan förskola har arbetat med samma sak.",
        "Kompetent ledarskap, på alla orsaker.",
        "När samma faktor står överallt säger den inget om den enskilda orsaken.",
    ),
    "rollover": (
        "I de filmade samlingarna talar barn med annat modersmål nu i median 95 sekunder per kvart, mot 40 "
        "förra året. En av fyra avdelningar läser fortfarande högt färre än fyra dagar i veckan.",
        "Barnen pratar mer.",
        "Hur mycket mer, i vilka stunder, och hur vet ni det?",
    ),
    "participation": (
        "Arbetslagen såg på sina egna filmer tillsammans i september. Barnen fick visa var de helst pratar, "
        "och föräldrarådet läste utkastet i oktober.",
        "Alla har varit delaktiga.",
        "Hur, i vad, och vad blev annorlunda?",
    ),
}

_ADULT = {
    **_SCHOOL,
    "basis": (
        "Avbrott och betyg per kurs och termin, 30 telefonsamtal med elever som har slutat och lärarlagens "
        "utvärdering i juni.",
        "Statistik och samtal.",
        "Det går inte att se vilka, från när eller hur många.",
    ),
    "results": (
        "38 % avbröt sfi kurs C under året (91 av 240). Avbrotten är flest på kvällen och har inte ändrats "
        "sedan förra året.",
        "Avbrotten är fortfarande för många.",
        "Hur många, i vilka kurser, och jämfört med när?",
    ),
    "problem": (
        "Fyra av tio elever avbryter sfi kurs C innan de är klara.",
        "Vi behöver fler kvällskurser.",
        "Det är en lösning. Vad är det som inte fungerar i dag?",
    ),
    "cause": (
        "Eleverna byter grupp var femte vecka och hinner inte lära känna vare sig lärare eller grupp.",
        "Eleverna har svåra livssituationer.",
        "Orsaken läggs på eleverna och pekar inte ut något som ni kan göra annorlunda.",
    ),
    "evidence": (
        "Sex av tio avbrott sker inom två veckor efter ett gruppbyte. 11 av 30 uppringda nämner bytet själva.",
        "Det är lärarnas samlade erfarenhet.",
        "Ingen annan kan pröva om det stämmer.",
    ),
    "location": (
        "”Eleverna byter grupp var femte vecka” ligger i organisation och ledning: det är ni som delar in "
        "grupperna.",
        "Utanför skolan, eftersom eleverna har mycket annat i livet.",
        "Det går inte att ändra därifrån. Vad i hur ni lägger upp studierna spelar roll?",
    ),
    "rollover": (
        "33 % avbröt sfi kurs C i vår (82 av 248), mot 38 % året före. Bland dem som hade fast basgrupp "
        "var det 24 %, på kvällen 46 %.",
        "Avbrotten minskar.",
        "Hur mycket, i vilka grupper, och hur vet ni det?",
    ),
    "participation": (
        "Lärarlagen läste avbrotten per grupp i augusti. Två elever från varje kurs var med när orsakerna "
        "vägdes mot varandra, och de fick oss att lägga till gruppbytena.",
        "Alla har varit delaktiga.",
        "Hur, i vad, och vad blev annorlunda?",
    ),
}

_EXAMPLES = {UnitKind.SCHOOL: _SCHOOL, UnitKind.PRESCHOOL: _PRESCHOOL, UnitKind.ADULT: _ADULT}


def guides(kind: UnitKind | None) -> dict[str, Guide]:
    """The help for each part of the analysis, with examples from that kind of unit; None: from an
    organizer's own analysis."""
    if kind is None:
        looks_for, examples = _LOOKS_FOR | guidance_own.LOOKS_FOR, guidance_own.EXAMPLES
    else:
        looks_for, examples = _LOOKS_FOR, _EXAMPLES[kind]
    return {
        part: Guide(_TITLES[part], looks_for[part], *example) for part, example in examples.items()
    }
