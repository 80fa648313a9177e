# Vad rapporternas svar säger, på svenska (Fluent). Namnen är desamma som i en.ftl.

language = Svenska
label-answer = Svaret
label-rests = Vad svaret vilar på
label-limits = Förbehåll
label-choose = Svarets språk
synthetic = Påhittade data: svaret visar hur rapporten fungerar och säger ingenting om något verkligt företag, någon kund eller något land.

said = { $value } ({ $level }‑intervall { $low } till { $high })
said-unit = { $value } { $unit } ({ $level }‑intervall { $low } till { $high })
named = { $what }: { $said }
both = { $first }; { $second }
minutes = { $value } { $amount ->
    [one] minut
   *[other] minuter
 }
hours = { $value } { $amount ->
    [one] timme
   *[other] timmar
 }
days = { $value } { $amount ->
    [one] dygn
   *[other] dygn
 }
unit-times = gånger
unit-shares = delningar
unit-further-shares = ytterligare delningar
language-name = { $language ->
    [en] engelska
    [sv] svenska
    [nb] bokmål
    [nn] nynorska
    [is] isländska
   *[other] andra språk
 }
language-in = { $language ->
    [en] På engelska
    [sv] På svenska
    [nb] På bokmål
    [nn] På nynorska
    [is] På isländska
   *[other] På andra språk
 }
language-share = { $language } ({ $share })

## Korpusen

corpus-question = Vad innehåller korpusen, och vad saknas i den?
corpus-empty = Det finns ingenting att redovisa: inget inlägg stämmer med parametrarna, eller så har inga data förberetts.
corpus-size = Korpusen innehåller { $utterances } inlägg från { $sources ->
    [one] { $sources } källa
   *[other] { $sources } källor
 }, på { $languages }.
corpus-quality = { $repeated } av dem upprepar ett tidigare inlägg, publiceringsdagen är känd för { $dated } och språket är säkert bestämt för { $sure }.
corpus-all-read = Alla poster i rådata kunde läsas.
corpus-unread = { $n ->
    [one] { $n } post i rådata kunde inte läsas och är förtecknad med skälet.
   *[other] { $n } poster i rådata kunde inte läsas och är förtecknade med skälet.
 }
corpus-rests = { $utterances ->
    [one] { $utterances } inlägg, det enda som stämmer med parametrarna.
   *[other] { $utterances } inlägg, alla som stämmer med parametrarna.
 }
corpus-rests-interval = Intervallen ser dem som ett stickprov av vad som kunde ha samlats in på samma sätt.
corpus-limit-1 = Korpusen säger ingenting om kunder som aldrig skrev.
corpus-limit-2 = Korta texter kan tas för ett grannspråk: bokmål för danska, isländska för färöiska.
corpus-limit-3 = Upprepningar känns igen på följder av samma ord; en omskrivning gör det inte.

## Ämnena

topics-question = Vad skriver kunderna om?
topics-none = Inga ämnen går att skilja från varandra.
topics-empty = Det finns inga dokument med innehållsord.
topics-found = { $in-language } kommer { $back } av { $topics } ämnen tillbaka i minst { $steady } av de modeller som anpassats till omdragna dokument; det största ({ $terms }) dominerar { $share } av { $documents } dokument.
topics-missing = Inga ämnen på { $language }: { $reason }.
topics-rests = { $language }: { $documents } dokument och { $refits ->
    [one] { $refits } modell anpassad
   *[other] { $refits } modeller anpassade
 } till omdragna dokument.
topics-limit-1 = Ett ämne är ett mönster av ord, inte en sak i sig: läs orden tillsammans innan du ger det ett namn.
topics-limit-2 = Varje språk har sin egen modell, så ämnena på två språk skiljer sig också därför att modellerna gör det.
topics-limit-3 = På ett ämne som sällan kommer tillbaka bör man inte bygga något.

## Klagomålen

complaint_rates-question = Hur ofta klagar kunderna, och hur många förblir tysta?
complaint_rates-unit = klagomål per { $per } { $unit ->
    [customers] kunder
    [subscribers] abonnenter
    [subscriptions] abonnemang
    [contacts] kontakter
    [mentions] omnämnanden
    [flights] flygningar
    [passengers] passagerare
    [orders] beställningar
   *[other] { $unit }
 }{ $stock ->
    [yes] { " " }och månad
   *[no] { "" }
 }
complaint_rates-overall = Kunderna framförde { $rate }.
complaint_rates-extremes = { $top } har flest, { $most }, och { $low } färst, { $fewest }; båda är dragna mot medelvärdet i den mån de är osäkra.
complaint_rates-outside = { $outside ->
    [0] Inget av { $firms } företag ligger
    [one] { $outside } av { $firms } företag ligger
   *[other] { $outside } av { $firms } företag ligger
 } längre från den gemensamma nivån än vad slumpen och den vanliga spridningen mellan företag förklarar.
complaint_rates-nothing = Hur ofta kunderna klagar går inte att säga: { $reason }. Ingen källa anger heller vilka av dess texter som är klagomål eller negativa.
complaint_rates-shares = Hur ofta kunderna klagar går inte att ange: { $reason }. Dessa data ger andelar av det som samlats in, inte av kunderna: { $parts }.
complaint_rates-complaint_share = andel av inläggen, utom företagens, som källan kallar klagomål
complaint_rates-negative_share = andel negativa av de inlägg vars hållning källan anger
complaint_rates-rests = { $complaints ->
    [one] { $complaints } klagomål, så kallat av sin källa, ställt
   *[other] { $complaints } klagomål, så kallade av sina källor, ställda
 } mot hur många som kunde ha klagat.
complaint_rates-rests-firms = { $firms } företag.
complaint_rates-rests-shares = { $n } inlägg.
complaint_rates-limit-1 = Ett företag som gör det lätt att klaga får fler klagomål; siffran mäter inte hur dåligt ett företag är.
complaint_rates-limit-2 = Bara det som källan kallar klagomål räknas.
complaint_rates-limit-3 = Hur många kunder eller kontakter det fanns tas för känt.

## Svarstiden

response_loyalty-question = Stannar kunder som får svar snabbare?
response_loyalty-no-cases = Det finns inga kundärenden i dessa data, så ingen svarstid kan anges.
response_loyalty-median = Hälften av { $conditional ->
    [yes] de besvarade ärendena
   *[no] kundernas ärenden
 } får sitt första svar inom { $median }.
response_loyalty-no-median = Mediantiden till det första svaret kan inte anges: { $reason }.
response_loyalty-kept = { $kept } av { $conditional ->
    [yes] de besvarade
   *[no] dem
 } får det inom { $promise }.
response_loyalty-answered = { $answered } av ärendena besvaras över huvud taget.
response_loyalty-not-answered = Hur många som alls besvaras går inte att säga: { $reason }.
response_loyalty-no-ratio = Om ett snabbare svar hänger samman med lojalitet går inte att säga: { $reason }.
response_loyalty-ratio = Kunderna { $outcome ->
    [repurchase] köpte igen
    [recontact] hörde av sig igen
    [visit] kom tillbaka
   *[churn] lämnade företaget
 } { $way ->
    [less] mer sällan
    [more] oftare
   *[neither] varken tydligt oftare eller tydligt mer sällan
 } sedan de hade fått svar: hasarden för att { $outcome ->
    [repurchase] köpa igen
    [recontact] höra av sig igen
    [visit] komma tillbaka
   *[churn] lämna
 } är { $ratio } den under samma tid utan svar. Det är ett samband, justerat för det som finns i data.
response_loyalty-rests = { $openings ->
    [one] { $openings } kundärende; utan svar räknas det som fortfarande väntande.
   *[other] { $openings } kundärenden; de som saknar svar räknas som fortfarande väntande.
 }
response_loyalty-rests-answered = { $openings ->
    [one] { $openings } besvarat kundärende.
   *[other] { $openings } besvarade kundärenden.
 }
response_loyalty-rests-followed = { $followed ->
    [one] { $followed } kund som följts efter sitt ärende.
   *[other] { $followed } kunder som följts efter sitt ärende.
 }
response_loyalty-limit-1 = Det som får företag att svara somliga kunder snabbare kan också få dessa att stanna: ett samband är ingen effekt.
response_loyalty-limit-2 = Svar per telefon eller i privata meddelanden syns inte i offentliga texter.
response_loyalty-limit-3 = Företagen kan svara även efter att observationen har upphört.

## Spridningen

wom_spread-question = Hur långt sprids det som går från mun till mun?
wom_spread-none = Det finns inga delningar i dessa data, så ingenting kan sägas om hur långt det sprids som går från mun till mun.
wom_spread-size = { $cascades ->
    [one] { $cascades } kaskad
   *[other] { $cascades } kaskader
 } har observerats; den största har { $largest ->
    [one] { $largest } delning
   *[other] { $largest } delningar
 }.
wom_spread-size-mean = { $cascades ->
    [one] { $cascades } kaskad
   *[other] { $cascades } kaskader
 } har observerats; den största har { $largest ->
    [one] { $largest } delning
   *[other] { $largest } delningar
 } och medelvärdet är { $mean }.
wom_spread-dies = En delning leder i genomsnitt till { $spread }, så en kaskad dör ut av sig själv.
wom_spread-grows = En delning leder i genomsnitt till { $spread }, så en kaskad kan fortsätta att växa: intervallet utesluter inte en ny för varje.
wom_spread-unknown = Hur många ytterligare delningar en delning leder till går inte att säga: { $reason }.
wom_spread-valence = Negativa kaskader är { $way ->
    [larger] större än positiva
    [smaller] mindre än positiva
   *[neither] varken tydligt större eller tydligt mindre än positiva
 }: { $ratio } deras storlek.
wom_spread-no-valence = Negativ och positiv ryktesspridning kan inte jämföras: { $reason }.
wom_spread-rests = { $cascades ->
    [one] { $cascades } kaskad
   *[other] { $cascades } kaskader
 } med sammanlagt { $shares ->
    [one] { $shares } delning
   *[other] { $shares } delningar
 }.
wom_spread-rests-valence = { $n ->
    [one] { $n } kaskad som källan kallar negativ eller positiv.
   *[other] { $n } kaskader som källorna kallar negativa eller positiva.
 }
wom_spread-limit-1 = En kaskad som ännu växte när insamlingen upphörde är avklippt; dess storlek är en undre gräns.
wom_spread-limit-2 = Insamlingar finner kaskader genom att leta efter stora; små saknas oftare än data kan visa.
wom_spread-limit-3 = Att dela är inte att hålla med: negativt eller positivt är det som startade kaskaden, inte varje delning.

## Skäl

reason-quoted = ”{ $reason }”
reason-no-exposure = det finns ingen uppgift om hur många som kunde ha klagat
reason-no-exposure-unit = det finns ingen uppgift om antalet i enheten { $unit } (enheter som finns: { $known })
reason-no-complaints-stated = ingen källa anger vilka av dess inlägg som är klagomål
reason-exposure-zero = antalet som kunde ha klagat är 0
reason-few-reached = bara { $share } besvarades under observationen på högst { $hours } timmar
reason-none-answered = inget av de { $n } ärendena besvarades
reason-no-cases = det finns inga ärenden
reason-no-answer = inget ärende besvarades
reason-not-observed = inget ärende observerades i { $hours } timmar
reason-sampled = källan är ett urval av ärenden som har fått svar, så obesvarade saknas i den
reason-no-outcome = dessa data innehåller inget utfall ”{ $outcome }”
reason-no-outcomes = inga utfall har angetts
reason-no-link = inget ärende kunde kopplas till ett utfall för kunden
reason-none-followed = inget av de { $n } kopplade ärendena följdes av utfallet ”{ $outcome }”
reason-few-events = bara { $n } av de kopplade ärendena följdes av utfallet ”{ $outcome }”; minst { $least } behövs
reason-separation = utfallen skiljer de besvarade helt från de obesvarade
reason-no-time-answered = det finns ingen observerad tid efter ett svar
reason-no-time-unanswered = det finns ingen observerad tid utan svar
reason-no-event-answered = inget utfall föll i tiden efter ett svar (separation)
reason-no-event-unanswered = inget utfall föll i tiden utan svar (separation)
reason-few-cascades = { $n } kaskader är för få; det behövs { $least }
reason-rarer-valence = av det slag som är ovanligast finns { $n } kaskader; det behövs { $least }
reason-no-valence = ingen källa anger om en kaskad är negativ eller positiv
reason-zero-ratio = det ena av de två värdena är 0, så det finns ingen kvot
reason-few-documents = { $n } dokument med innehåll är för få för ämnen: det behövs { $needed } för { $topics }
reason-few-documents-topics = { $n } dokument med innehåll är för få för { $topics } ämnen: det behövs { $needed } ({ $each } per ämne, minst { $least }); be om färre ämnen eller ge fler dokument
reason-few-lemmas = bara { $lemmas } grundord står i { $documents } dokument eller fler och i högst hälften av dem: för få för att skilja { $topics } ämnen åt; ge fler eller längre dokument
reason-withheld = det vilar på färre än { $least } och hålls inne för att skydda dem
