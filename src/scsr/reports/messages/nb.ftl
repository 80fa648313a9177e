# Hva rapportenes svar sier, på bokmål (Fluent). Navnene er de samme som i en.ftl.

language = Norsk bokmål
label-answer = Svaret
label-rests = Hva svaret bygger på
label-limits = Forbehold
label-choose = Svarets språk
synthetic = Oppdiktede data: svaret viser hvordan rapporten virker, og sier ingenting om noe virkelig selskap, noen kunde eller noe land.

said = { $value } ({ $level }‑intervall { $low } til { $high })
said-unit = { $value } { $unit } ({ $level }‑intervall { $low } til { $high })
named = { $what }: { $said }
both = { $first }; { $second }
minutes = { $value } { $amount ->
    [one] minutt
   *[other] minutter
 }
hours = { $value } { $amount ->
    [one] time
   *[other] timer
 }
days = { $value } { $amount ->
    [one] døgn
   *[other] døgn
 }
unit-times = ganger
unit-shares = delinger
unit-further-shares = nye delinger
language-name = { $language ->
    [en] engelsk
    [sv] svensk
    [nb] bokmål
    [nn] nynorsk
    [is] islandsk
   *[other] andre språk
 }
language-in = { $language ->
    [en] På engelsk
    [sv] På svensk
    [nb] På bokmål
    [nn] På nynorsk
    [is] På islandsk
   *[other] På andre språk
 }
language-share = { $language } ({ $share })

## Korpuset

corpus-question = Hva inneholder korpuset, og hva mangler i det?
corpus-empty = Det er ingenting å rapportere: ingen innlegg stemmer med parameterne, eller ingen data er klargjort.
corpus-size = Korpuset inneholder { $utterances } innlegg fra { $sources ->
    [one] { $sources } kilde
   *[other] { $sources } kilder
 }, på { $languages }.
corpus-quality = { $repeated } av dem gjentar et tidligere innlegg, publiseringsdagen er kjent for { $dated }, og språket er sikkert bestemt for { $sure }.
corpus-all-read = Alle poster i rådataene kunne leses.
corpus-unread = { $n ->
    [one] { $n } post i rådataene kunne ikke leses og er ført opp med grunnen.
   *[other] { $n } poster i rådataene kunne ikke leses og er ført opp med grunnen.
 }
corpus-rests = { $utterances ->
    [one] { $utterances } innlegg, det eneste som stemmer med parameterne.
   *[other] { $utterances } innlegg, alle som stemmer med parameterne.
 }
corpus-rests-interval = Intervallene ser dem som et utvalg av det som kunne ha vært samlet inn på samme måte.
corpus-limit-1 = Korpuset sier ingenting om kunder som aldri skrev.
corpus-limit-2 = Korte tekster kan bli tatt for et nabospråk: bokmål for dansk, islandsk for færøysk.
corpus-limit-3 = Gjentakelser kjennes igjen på rekker av de samme ordene; en omskrivning gjør det ikke.

## Emnene

topics-question = Hva skriver kundene om?
topics-none = Ingen emner kan skilles fra hverandre.
topics-empty = Det finnes ingen dokumenter med innholdsord.
topics-found = { $in-language } kommer { $back } av { $topics } emner tilbake i minst { $steady } av modellene som er tilpasset dokumenter trukket på nytt; det største ({ $terms }) dominerer { $share } av { $documents ->
    [one] { $documents } dokument
   *[other] { $documents } dokumenter
 }.
topics-missing = Ingen emner på { $language }: { $reason }.
topics-rests = { $language }: { $documents ->
    [one] { $documents } dokument
   *[other] { $documents } dokumenter
 } og { $refits ->
    [one] { $refits } modell
   *[other] { $refits } modeller
 } tilpasset dokumenter trukket på nytt.
topics-limit-1 = Et emne er et mønster av ord, ikke en sak i seg selv: les ordene sammen før du gir det et navn.
topics-limit-2 = Hvert språk har sin egen modell, så emnene på to språk er ulike også fordi modellene er det.
topics-limit-3 = På et emne som sjelden kommer tilbake, bør man ikke bygge noe.

## Klagene

complaint_rates-question = Hvor ofte klager kundene, og hvor mange tier?
complaint_rates-unit = klager per { $per } { $unit ->
    [customers] kunder
    [subscribers] abonnenter
    [subscriptions] abonnementer
    [contacts] kontakter
    [mentions] omtaler
    [flights] flygninger
    [passengers] passasjerer
    [orders] bestillinger
   *[other] { $unit }
 }{ $stock ->
    [yes] { " " }og måned
   *[no] { "" }
 }
complaint_rates-overall = Kundene kom med { $rate }.
complaint_rates-extremes = { $top } har flest, { $most }, og { $low } færrest, { $fewest }; begge er trukket mot gjennomsnittet så mye som de er usikre.
complaint_rates-outside = { $outside ->
    [0] Ingen av { $firms } selskaper ligger
    [one] { $outside } av { $firms } selskaper ligger
   *[other] { $outside } av { $firms } selskaper ligger
 } lenger fra det felles nivået enn tilfeldigheter og den vanlige spredningen mellom selskaper forklarer.
complaint_rates-nothing = Hvor ofte kundene klager, kan ikke sies: { $reason }. Ingen kilde oppgir heller hvilke av tekstene som er klager eller negative.
complaint_rates-shares = Hvor ofte kundene klager, kan ikke oppgis: { $reason }. Disse dataene gir andeler av det som er samlet inn, ikke av kundene: { $parts }.
complaint_rates-complaint_share = andel av innleggene, utenom selskapenes egne, som kilden kaller klager
complaint_rates-negative_share = andel negative av innleggene som kilden oppgir holdningen i
complaint_rates-rests = { $complaints ->
    [one] { $complaints } klage, kalt så av kilden
   *[other] { $complaints } klager, kalt så av kildene
 }, holdt opp mot hvor mange som kunne ha klaget.
complaint_rates-rests-firms = { $firms ->
    [one] { $firms } selskap.
   *[other] { $firms } selskaper.
 }
complaint_rates-rests-shares = { $n } innlegg.
complaint_rates-limit-1 = Et selskap som gjør det lett å klage, får flere klager; tallet måler ikke hvor dårlig et selskap er.
complaint_rates-limit-2 = Bare det som kilden kaller en klage, telles.
complaint_rates-limit-3 = Hvor mange kunder eller kontakter det var, tas for kjent.

## Svartiden

response_loyalty-question = Blir kunder som får raskere svar?
response_loyalty-no-cases = Det finnes ingen kundehenvendelser i disse dataene, så ingen svartid kan oppgis.
response_loyalty-median = Halvparten av { $conditional ->
    [yes] henvendelsene som ble besvart,
   *[no] kundenes henvendelser
 } får sitt første svar innen { $median }.
response_loyalty-no-median = Mediantiden til det første svaret kan ikke oppgis: { $reason }.
response_loyalty-kept = { $kept } av { $conditional ->
    [yes] de besvarte
   *[no] dem
 } får det innen { $promise }.
response_loyalty-answered = { $answered } av henvendelsene blir besvart i det hele tatt.
response_loyalty-not-answered = Hvor mange som i det hele tatt blir besvart, kan ikke sies: { $reason }.
response_loyalty-no-ratio = Om et raskere svar henger sammen med lojalitet, kan ikke sies: { $reason }.
response_loyalty-ratio = Kundene { $outcome ->
    [repurchase] kjøpte igjen
    [recontact] tok kontakt igjen
    [visit] kom tilbake
   *[churn] forlot selskapet
 } { $way ->
    [less] sjeldnere
    [more] oftere
   *[neither] verken klart oftere eller klart sjeldnere
 } etter at de hadde fått svar: hasarden for å { $outcome ->
    [repurchase] kjøpe igjen
    [recontact] ta kontakt igjen
    [visit] komme tilbake
   *[churn] forlate selskapet
 } er { $ratio } den i samme tid uten svar. Dette er en sammenheng, justert for det dataene inneholder.
response_loyalty-rests = { $openings ->
    [one] { $openings } kundehenvendelse; uten svar regnes den som fortsatt ventende.
   *[other] { $openings } kundehenvendelser; de som mangler svar, regnes som fortsatt ventende.
 }
response_loyalty-rests-answered = { $openings ->
    [one] { $openings } besvart kundehenvendelse.
   *[other] { $openings } besvarte kundehenvendelser.
 }
response_loyalty-rests-followed = { $followed ->
    [one] { $followed } kunde fulgt etter henvendelsen.
   *[other] { $followed } kunder fulgt etter henvendelsen.
 }
response_loyalty-limit-1 = Det som får selskaper til å svare noen kunder raskere, kan også få disse til å bli: en sammenheng er ingen effekt.
response_loyalty-limit-2 = Svar på telefon eller i private meldinger ses ikke i offentlige tekster.
response_loyalty-limit-3 = Selskapene kan svare også etter at observasjonen er slutt.

## Spredningen

wom_spread-question = Hvor langt sprer det seg som går fra munn til munn?
wom_spread-none = Det finnes ingen delinger i disse dataene, så ingenting kan sies om hvor langt det sprer seg som går fra munn til munn.
wom_spread-size = { $cascades ->
    [one] { $cascades } kaskade
   *[other] { $cascades } kaskader
 } er observert; den største har { $largest ->
    [one] { $largest } deling
   *[other] { $largest } delinger
 }.
wom_spread-size-mean = { $cascades ->
    [one] { $cascades } kaskade
   *[other] { $cascades } kaskader
 } er observert; den største har { $largest ->
    [one] { $largest } deling
   *[other] { $largest } delinger
 }, og gjennomsnittet er { $mean }.
wom_spread-dies = En deling fører i gjennomsnitt til { $spread }, så en kaskade dør ut av seg selv.
wom_spread-grows = En deling fører i gjennomsnitt til { $spread }, så en kaskade kan fortsette å vokse: intervallet utelukker ikke én ny for hver.
wom_spread-unknown = Hvor mange nye delinger en deling fører til, kan ikke sies: { $reason }.
wom_spread-valence = Negative kaskader er { $way ->
    [larger] større enn positive
    [smaller] mindre enn positive
   *[neither] verken klart større eller klart mindre enn positive
 }: { $ratio } størrelsen deres.
wom_spread-no-valence = Negativ og positiv omtale kan ikke sammenlignes: { $reason }.
wom_spread-rests = { $cascades ->
    [one] { $cascades } kaskade
   *[other] { $cascades } kaskader
 } med til sammen { $shares ->
    [one] { $shares } deling
   *[other] { $shares } delinger
 }.
wom_spread-rests-valence = { $n ->
    [one] { $n } kaskade som kilden kaller negativ eller positiv.
   *[other] { $n } kaskader som kildene kaller negative eller positive.
 }
wom_spread-limit-1 = En kaskade som fortsatt vokste da innsamlingen sluttet, er avkortet; størrelsen er en nedre grense.
wom_spread-limit-2 = Innsamlinger finner kaskader ved å lete etter store; små mangler oftere enn dataene kan vise.
wom_spread-limit-3 = Å dele er ikke å være enig: negativt eller positivt er det som startet kaskaden, ikke hver deling.

## Grunner

reason-quoted = «{ $reason }»
reason-no-exposure = det er ikke oppgitt hvor mange som kunne ha klaget
reason-no-exposure-unit = det er ikke oppgitt noe antall i enheten { $unit } (enheter som finnes: { $known })
reason-no-complaints-stated = ingen kilde oppgir hvilke av innleggene som er klager
reason-exposure-zero = antallet som kunne ha klaget, er 0
reason-few-reached = bare { $share } ble besvart i løpet av observasjonen på høyst { $hours } timer
reason-none-answered = ingen av de { $n } henvendelsene ble besvart
reason-no-cases = det finnes ingen henvendelser
reason-no-answer = ingen henvendelse ble besvart
reason-not-observed = ingen henvendelse ble observert i { $hours } timer
reason-sampled = kilden er et utvalg av henvendelser som har fått svar, så ubesvarte mangler i den
reason-no-outcome = disse dataene inneholder ikke utfallet «{ $outcome }»
reason-no-outcomes = ingen utfall er oppgitt
reason-no-link = ingen henvendelse kunne knyttes til et utfall for kunden
reason-none-followed = ingen av de { $n } tilknyttede henvendelsene ble fulgt av utfallet «{ $outcome }»
reason-few-events = bare { $n } av de tilknyttede henvendelsene ble fulgt av utfallet «{ $outcome }»; minst { $least } trengs
reason-separation = utfallene skiller de besvarte helt fra de ubesvarte
reason-no-time-answered = det finnes ingen observert tid etter et svar
reason-no-time-unanswered = det finnes ingen observert tid uten svar
reason-no-event-answered = ingen utfall falt i tiden etter et svar (separasjon)
reason-no-event-unanswered = ingen utfall falt i tiden uten svar (separasjon)
reason-few-cascades = { $n } kaskader er for få; det trengs { $least }
reason-rarer-valence = av det sjeldneste slaget finnes { $n } kaskader; det trengs { $least }
reason-no-valence = ingen kilde oppgir om en kaskade er negativ eller positiv
reason-zero-ratio = den ene av de to verdiene er 0, så det finnes ikke noe forholdstall
reason-few-documents = { $n } dokumenter med innhold er for få for emner: det trengs { $needed } for { $topics }
reason-few-documents-topics = { $n } dokumenter med innhold er for få for { $topics } emner: det trengs { $needed } ({ $each } per emne, minst { $least }); be om færre emner eller gi flere dokumenter
reason-few-lemmas = bare { $lemmas } grunnord står i { $documents } dokumenter eller flere og i høyst halvparten av dem: for få til å skille { $topics } emner; gi flere eller lengre dokumenter
reason-withheld = det bygger på færre enn { $least } og holdes tilbake for å verne dem
