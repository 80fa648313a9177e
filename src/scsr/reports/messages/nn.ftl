# Kva svara i rapportane seier, på nynorsk (Fluent). Namna er dei same som i en.ftl.

language = Norsk nynorsk
label-answer = Svaret
label-rests = Kva svaret byggjer på
label-limits = Atterhald
label-choose = Språket i svaret
synthetic = Oppdikta data: svaret viser korleis rapporten verkar, og seier ingenting om noko verkeleg selskap, nokon kunde eller noko land.

said = { $value } ({ $level }‑intervall { $low } til { $high })
said-unit = { $value } { $unit } ({ $level }‑intervall { $low } til { $high })
named = { $what }: { $said }
both = { $first }; { $second }
minutes = { $value } { $amount ->
    [one] minutt
   *[other] minutt
 }
hours = { $value } { $amount ->
    [one] time
   *[other] timar
 }
days = { $value } { $amount ->
    [one] døgn
   *[other] døgn
 }
unit-times = gonger
unit-shares = delingar
unit-further-shares = nye delingar
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

corpus-question = Kva inneheld korpuset, og kva manglar i det?
corpus-empty = Det er ingenting å rapportere: ingen innlegg stemmer med parametrane, eller ingen data er klargjorde.
corpus-size = Korpuset inneheld { $utterances } innlegg frå { $sources ->
    [one] { $sources } kjelde
   *[other] { $sources } kjelder
 }, på { $languages }.
corpus-quality = { $repeated } av dei tek opp att eit tidlegare innlegg, publiseringsdagen er kjend for { $dated }, og språket er sikkert fastsett for { $sure }.
corpus-all-read = Alle postar i rådataa kunne lesast.
corpus-unread = { $n ->
    [one] { $n } post i rådataa kunne ikkje lesast og er ført opp med grunnen.
   *[other] { $n } postar i rådataa kunne ikkje lesast og er førte opp med grunnen.
 }
corpus-rests = { $utterances ->
    [one] { $utterances } innlegg, det einaste som stemmer med parametrane.
   *[other] { $utterances } innlegg, alle som stemmer med parametrane.
 }
corpus-rests-interval = Intervalla ser dei som eit utval av det som kunne ha vore samla inn på same måten.
corpus-limit-1 = Korpuset seier ingenting om kundar som aldri skreiv.
corpus-limit-2 = Korte tekstar kan bli tekne for eit grannespråk: bokmål for dansk, islandsk for færøysk.
corpus-limit-3 = Oppattakingar blir kjende att på rekkjer av dei same orda; ei omskriving blir det ikkje.

## Emna

topics-question = Kva skriv kundane om?
topics-none = Ingen emne kan skiljast frå kvarandre.
topics-empty = Det finst ingen dokument med innhaldsord.
topics-found = { $in-language } kjem { $back } av { $topics } emne tilbake i minst { $steady } av modellane som er tilpassa dokument trekte på nytt; det største ({ $terms }) dominerer { $share } av { $documents } dokument.
topics-missing = Ingen emne på { $language }: { $reason }.
topics-rests = { $language }: { $documents } dokument og { $refits ->
    [one] { $refits } modell tilpassa
   *[other] { $refits } modellar tilpassa
 } dokument trekte på nytt.
topics-limit-1 = Eit emne er eit mønster av ord, ikkje ei sak i seg sjølv: les orda saman før du gjev det eit namn.
topics-limit-2 = Kvart språk har sin eigen modell, så emna på to språk er ulike også fordi modellane er det.
topics-limit-3 = På eit emne som sjeldan kjem tilbake, bør ein ikkje byggje noko.

## Klagene

complaint_rates-question = Kor ofte klagar kundane, og kor mange teier?
complaint_rates-unit = klager per { $per } { $unit ->
    [customers] kundar
    [subscribers] abonnentar
    [subscriptions] abonnement
    [contacts] kontaktar
    [mentions] omtalar
    [flights] flygingar
    [passengers] passasjerar
    [orders] tingingar
   *[other] { $unit }
 }{ $stock ->
    [yes] { " " }og månad
   *[no] { "" }
 }
complaint_rates-overall = Kundane kom med { $rate }.
complaint_rates-extremes = { $top } har flest, { $most }, og { $low } færrast, { $fewest }; begge er dregne mot gjennomsnittet så mykje som dei er usikre.
complaint_rates-outside = { $outside ->
    [0] Ingen av { $firms } selskap ligg
    [one] { $outside } av { $firms } selskap ligg
   *[other] { $outside } av { $firms } selskap ligg
 } lenger frå det felles nivået enn det som tilfelle og den vanlege spreiinga mellom selskap forklarer.
complaint_rates-nothing = Kor ofte kundane klagar, kan ikkje seiast: { $reason }. Inga kjelde oppgjev heller kva for tekstar som er klager eller negative.
complaint_rates-shares = Kor ofte kundane klagar, kan ikkje oppgjevast: { $reason }. Desse dataa gjev delar av det som er samla inn, ikkje av kundane: { $parts }.
complaint_rates-complaint_share = del av innlegga, utanom selskapa sine eigne, som kjelda kallar klager
complaint_rates-negative_share = del negative av innlegga som kjelda oppgjev haldninga i
complaint_rates-rests = { $complaints ->
    [one] { $complaints } klage, kalla så av kjelda
   *[other] { $complaints } klager, kalla så av kjeldene
 }, haldne opp mot kor mange som kunne ha klaga.
complaint_rates-rests-firms = { $firms } selskap.
complaint_rates-rests-shares = { $n } innlegg.
complaint_rates-limit-1 = Eit selskap som gjer det lett å klage, får fleire klager; talet måler ikkje kor dårleg eit selskap er.
complaint_rates-limit-2 = Berre det som kjelda kallar ei klage, blir talt.
complaint_rates-limit-3 = Kor mange kundar eller kontaktar det var, blir teke for kjent.

## Svartida

response_loyalty-question = Blir kundar som får raskare svar?
response_loyalty-no-cases = Det finst ingen kundeførespurnader i desse dataa, så inga svartid kan oppgjevast.
response_loyalty-median = Halvparten av { $conditional ->
    [yes] førespurnadene som fekk svar,
   *[no] førespurnadene frå kundane
 } får sitt første svar innan { $median }.
response_loyalty-no-median = Mediantida til det første svaret kan ikkje oppgjevast: { $reason }.
response_loyalty-kept = { $kept } av { $conditional ->
    [yes] dei som fekk svar,
   *[no] dei
 } får det innan { $promise }.
response_loyalty-answered = { $answered } av førespurnadene får svar i det heile.
response_loyalty-not-answered = Kor mange som i det heile får svar, kan ikkje seiast: { $reason }.
response_loyalty-no-ratio = Om eit raskare svar heng saman med lojalitet, kan ikkje seiast: { $reason }.
response_loyalty-ratio = Kundane { $outcome ->
    [repurchase] kjøpte igjen
    [recontact] tok kontakt igjen
    [visit] kom tilbake
   *[churn] forlét selskapet
 } { $way ->
    [less] sjeldnare
    [more] oftare
   *[neither] verken klart oftare eller klart sjeldnare
 } etter at dei hadde fått svar: hasarden for å { $outcome ->
    [repurchase] kjøpe igjen
    [recontact] ta kontakt igjen
    [visit] kome tilbake
   *[churn] forlate selskapet
 } er { $ratio } den i same tid utan svar. Dette er ein samanheng, justert for det dataa inneheld.
response_loyalty-rests = { $openings ->
    [one] { $openings } kundeførespurnad; utan svar er han rekna som framleis ventande.
   *[other] { $openings } kundeførespurnader; dei som manglar svar, er rekna som framleis ventande.
 }
response_loyalty-rests-answered = { $openings ->
    [one] { $openings } kundeførespurnad som fekk svar.
   *[other] { $openings } kundeførespurnader som fekk svar.
 }
response_loyalty-rests-followed = { $followed ->
    [one] { $followed } kunde følgd etter førespurnaden.
   *[other] { $followed } kundar følgde etter førespurnaden.
 }
response_loyalty-limit-1 = Det som får selskap til å svare nokre kundar raskare, kan også få desse til å bli: ein samanheng er ingen effekt.
response_loyalty-limit-2 = Svar på telefon eller i private meldingar er ikkje å sjå i offentlege tekstar.
response_loyalty-limit-3 = Selskapa kan svare også etter at observasjonen er slutt.

## Spreiinga

wom_spread-question = Kor langt spreier det seg som går frå munn til munn?
wom_spread-none = Det finst ingen delingar i desse dataa, så ingenting kan seiast om kor langt det spreier seg som går frå munn til munn.
wom_spread-size = { $cascades ->
    [one] { $cascades } kaskade er observert
   *[other] { $cascades } kaskadar er observerte
 }; den største har { $largest ->
    [one] { $largest } deling
   *[other] { $largest } delingar
 }.
wom_spread-size-mean = { $cascades ->
    [one] { $cascades } kaskade er observert
   *[other] { $cascades } kaskadar er observerte
 }; den største har { $largest ->
    [one] { $largest } deling
   *[other] { $largest } delingar
 }, og gjennomsnittet er { $mean }.
wom_spread-dies = Ei deling fører i gjennomsnitt til { $spread }, så ein kaskade døyr ut av seg sjølv.
wom_spread-grows = Ei deling fører i gjennomsnitt til { $spread }, så ein kaskade kan halde fram med å vekse: intervallet utelukkar ikkje éi ny for kvar.
wom_spread-unknown = Kor mange nye delingar ei deling fører til, kan ikkje seiast: { $reason }.
wom_spread-valence = Negative kaskadar er { $way ->
    [larger] større enn positive
    [smaller] mindre enn positive
   *[neither] verken klart større eller klart mindre enn positive
 }: { $ratio } storleiken deira.
wom_spread-no-valence = Negativ og positiv omtale kan ikkje samanliknast: { $reason }.
wom_spread-rests = { $cascades ->
    [one] { $cascades } kaskade
   *[other] { $cascades } kaskadar
 } med til saman { $shares ->
    [one] { $shares } deling
   *[other] { $shares } delingar
 }.
wom_spread-rests-valence = { $n ->
    [one] { $n } kaskade som kjelda kallar negativ eller positiv.
   *[other] { $n } kaskadar som kjeldene kallar negative eller positive.
 }
wom_spread-limit-1 = Ein kaskade som framleis voks då innsamlinga slutta, er avkorta; storleiken er ei nedre grense.
wom_spread-limit-2 = Innsamlingar finn kaskadar ved å leite etter store; små manglar oftare enn dataa kan vise.
wom_spread-limit-3 = Å dele er ikkje å vere samd: negativt eller positivt er det som starta kaskaden, ikkje kvar deling.

## Grunnar

reason-quoted = «{ $reason }»
reason-no-exposure = det er ikkje oppgjeve kor mange som kunne ha klaga
reason-no-exposure-unit = det er ikkje oppgjeve noko tal i eininga { $unit } (einingar som finst: { $known })
reason-no-complaints-stated = inga kjelde oppgjev kva for innlegg som er klager
reason-exposure-zero = talet på dei som kunne ha klaga, er 0
reason-few-reached = berre { $share } fekk svar i løpet av observasjonen på høgst { $hours } timar
reason-none-answered = ingen av dei { $n } førespurnadene fekk svar
reason-no-cases = det finst ingen førespurnader
reason-no-answer = ingen førespurnad fekk svar
reason-not-observed = ingen førespurnad vart observert i { $hours } timar
reason-sampled = kjelda er eit utval av førespurnader som har fått svar, så dei utan svar manglar i ho
reason-no-outcome = desse dataa inneheld ikkje utfallet «{ $outcome }»
reason-no-outcomes = ingen utfall er oppgjevne
reason-no-link = ingen førespurnad kunne knytast til eit utfall for kunden
reason-none-followed = ingen av dei { $n } tilknytte førespurnadene vart følgde av utfallet «{ $outcome }»
reason-few-events = berre { $n } av dei tilknytte førespurnadene vart følgde av utfallet «{ $outcome }»; minst { $least } trengst
reason-separation = utfalla skil dei med svar heilt frå dei utan svar
reason-no-time-answered = det finst inga observert tid etter eit svar
reason-no-time-unanswered = det finst inga observert tid utan svar
reason-no-event-answered = ingen utfall fall i tida etter eit svar (separasjon)
reason-no-event-unanswered = ingen utfall fall i tida utan svar (separasjon)
reason-few-cascades = { $n } kaskadar er for få; det trengst { $least }
reason-rarer-valence = av det sjeldnaste slaget finst { $n } kaskadar; det trengst { $least }
reason-no-valence = inga kjelde oppgjev om ein kaskade er negativ eller positiv
reason-zero-ratio = den eine av dei to verdiane er 0, så det finst ikkje noko forholdstal
reason-few-documents = { $n } dokument med innhald er for få for emne: det trengst { $needed } for { $topics }
reason-few-documents-topics = { $n } dokument med innhald er for få for { $topics } emne: det trengst { $needed } ({ $each } per emne, minst { $least }); be om færre emne eller gje fleire dokument
reason-few-lemmas = berre { $lemmas } grunnord står i { $documents } dokument eller fleire og i høgst halvparten av dei: for få til å skilje { $topics } emne; gje fleire eller lengre dokument
reason-withheld = det byggjer på færre enn { $least } og blir halde tilbake for å verne dei
