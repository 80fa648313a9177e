# Það sem svör skýrslnanna segja, á íslensku (Fluent). Nöfnin eru þau sömu og í en.ftl.

language = Íslenska
label-answer = Svarið
label-rests = Á hverju svarið byggist
label-limits = Fyrirvarar
label-choose = Tungumál svarsins
synthetic = Tilbúin gögn: svarið sýnir hvernig skýrslan virkar og segir ekkert um neitt raunverulegt fyrirtæki, neinn viðskiptavin eða neitt land.

said = { $value } ({ $level } öryggisbil { $low } til { $high })
said-unit = { $value } { $unit } ({ $level } öryggisbil { $low } til { $high })
named = { $what }: { $said }
both = { $first }; { $second }
minutes = { $value } { $amount ->
    [one] mín.
   *[other] mín.
 }
hours = { $value } { $amount ->
    [one] klst.
   *[other] klst.
 }
days = { $value } { $amount ->
    [one] sólarhrings
   *[other] sólarhringa
 }
unit-times = sinnum
unit-shares = deilingar
unit-further-shares = nýjar deilingar
language-name = { $language ->
    [en] enska
    [sv] sænska
    [nb] norskt bókmál
    [nn] nýnorska
    [is] íslenska
   *[other] önnur mál
 }
language-in = { $language ->
    [en] Á ensku
    [sv] Á sænsku
    [nb] Á norsku bókmáli
    [nn] Á nýnorsku
    [is] Á íslensku
   *[other] Á öðrum málum
 }
language-share = { $language } ({ $share })

## Málheildin

corpus-question = Hvað er í málheildinni og hvað vantar í hana?
corpus-empty = Frá engu er að segja: engin færsla samræmist stillingunum eða engin gögn hafa verið undirbúin.
corpus-size = Í málheildinni { $utterances ->
    [one] er { $utterances } færsla
   *[other] eru { $utterances } færslur
 } úr { $sources ->
    [one] { $sources } heimild
   *[other] { $sources } heimildum
 }. Tungumál: { $languages }.
corpus-quality = { $repeated } þeirra endurtaka eldri færslu, birtingardagur er þekktur hjá { $dated } og tungumálið er öruggt hjá { $sure }.
corpus-all-read = Hægt var að lesa allar færslur í hrágögnunum.
corpus-unread = { $n ->
    [one] Ekki var hægt að lesa { $n } færslu í hrágögnunum og er hún skráð ásamt ástæðunni.
   *[other] Ekki var hægt að lesa { $n } færslur í hrágögnunum og eru þær skráðar ásamt ástæðunni.
 }
corpus-rests = { $utterances ->
    [one] { $utterances } færsla, sú eina sem samræmist stillingunum.
   *[other] { $utterances } færslur, allar sem samræmast stillingunum.
 }
corpus-rests-interval = Öryggisbilin líta á þær sem úrtak af því sem safna hefði mátt á sama hátt.
corpus-limit-1 = Málheildin segir ekkert um viðskiptavini sem aldrei skrifuðu.
corpus-limit-2 = Stuttir textar geta verið taldir á grannmáli: norskt bókmál á dönsku, íslenska á færeysku.
corpus-limit-3 = Endurtekningar þekkjast á runum af sömu orðum; umorðun þekkist ekki.

## Efnin

topics-question = Um hvað skrifa viðskiptavinir?
topics-none = Engin efni verða greind að.
topics-empty = Engin skjöl með inntaksorðum eru til.
topics-found = { $in-language } koma { $back } af { $topics } efnum aftur í að minnsta kosti { $steady } þeirra líkana sem felld voru að skjölum dregnum að nýju; það stærsta ({ $terms }) er ríkjandi í { $share } af { $documents ->
    [one] { $documents } skjali
   *[other] { $documents } skjölum
 }.
topics-missing = { $in-language } eru engin efni: { $reason }.
topics-rests = { $in-language }: { $documents ->
    [one] { $documents } skjal
   *[other] { $documents } skjöl
 } og { $refits ->
    [one] { $refits } líkan fellt
   *[other] { $refits } líkön felld
 } að skjölum dregnum að nýju.
topics-limit-1 = Efni er mynstur orða, ekki mál í sjálfu sér: lestu orðin saman áður en þú gefur því nafn.
topics-limit-2 = Hvert tungumál hefur sitt eigið líkan og því eru efni tveggja mála ólík líka vegna þess að líkönin eru það.
topics-limit-3 = Á efni sem sjaldan kemur aftur er betra að byggja ekkert.

## Kvartanirnar

complaint_rates-question = Hversu oft kvarta viðskiptavinir og hversu margir þegja?
complaint_rates-unit = { $unit ->
    [customers] á hverja { $per } viðskiptavini
    [subscribers] á hverja { $per } áskrifendur
    [subscriptions] á hverjar { $per } áskriftir
    [contacts] á hverjar { $per } fyrirspurnir
    [mentions] á hver { $per } ummæli
    [flights] á hver { $per } flug
    [passengers] á hverja { $per } farþega
    [orders] á hverjar { $per } pantanir
   *[other] á hver { $per } ({ $unit })
 }{ $stock ->
    [yes] { " " }á mánuði
   *[no] { "" }
 }
complaint_rates-overall = Fjöldi kvartana: { $rate }.
complaint_rates-extremes = Flestar eru hjá { $top }, { $most }, og fæstar hjá { $low }, { $fewest }; báðar tölur eru dregnar að meðaltalinu að því marki sem þær eru óvissar.
complaint_rates-outside = { $outside ->
    [0] Ekkert af { $firms } fyrirtækjum er
    [one] { $outside } af { $firms } fyrirtækjum er
   *[other] { $outside } af { $firms } fyrirtækjum eru
 } fjær sameiginlega stiginu en tilviljun og venjulegur munur á fyrirtækjum skýrir.
complaint_rates-nothing = Ekki er hægt að segja hversu oft viðskiptavinir kvarta: { $reason }. Engin heimild segir heldur hverjir textar hennar eru kvartanir eða neikvæðir.
complaint_rates-shares = Ekki er hægt að gefa upp hversu oft viðskiptavinir kvarta: { $reason }. Þessi gögn gefa hlutföll af því sem safnað var, ekki af viðskiptavinum: { $parts }.
complaint_rates-complaint_share = hlutfall færslna, annarra en fyrirtækja, sem heimildin kallar kvartanir
complaint_rates-negative_share = hlutfall neikvæðra færslna af þeim sem heimildin segir afstöðuna í
complaint_rates-rests = { $complaints ->
    [one] { $complaints } kvörtun, kölluð svo af heimild sinni, borin
   *[other] { $complaints } kvartanir, kallaðar svo af heimildum sínum, bornar
 } saman við hversu margir hefðu getað kvartað.
complaint_rates-rests-firms = { $firms ->
    [one] { $firms } fyrirtæki.
   *[other] { $firms } fyrirtæki.
 }
complaint_rates-rests-shares = { $n ->
    [one] { $n } færsla.
   *[other] { $n } færslur.
 }
complaint_rates-limit-1 = Fyrirtæki sem auðveldar fólki að kvarta fær fleiri kvartanir; talan mælir ekki hversu slæmt fyrirtæki er.
complaint_rates-limit-2 = Aðeins það sem heimildin kallar kvörtun er talið.
complaint_rates-limit-3 = Fjöldi viðskiptavina eða fyrirspurna er talinn þekktur.

## Svartíminn

response_loyalty-question = Halda fyrirtæki fremur í viðskiptavini með því að svara fyrr?
response_loyalty-no-cases = Engin erindi viðskiptavina eru í þessum gögnum og því er ekki hægt að gefa upp neinn svartíma.
response_loyalty-median = Helmingur { $conditional ->
    [yes] þeirra erinda sem var svarað
   *[no] erinda viðskiptavina
 } fær fyrsta svar innan { $median }.
response_loyalty-no-median = Ekki er hægt að gefa upp miðgildi tímans fram að fyrsta svari: { $reason }.
response_loyalty-kept = { $kept } { $conditional ->
    [yes] þeirra sem var svarað
   *[no] þeirra
 } fá það innan { $promise }.
response_loyalty-answered = { $answered } erinda er yfirleitt svarað.
response_loyalty-not-answered = Ekki er hægt að segja hversu mörgum er yfirleitt svarað: { $reason }.
response_loyalty-no-ratio = Ekki er hægt að segja hvort fyrra svar fer saman við tryggð: { $reason }.
response_loyalty-ratio = Viðskiptavinir { $outcome ->
    [repurchase] keyptu aftur
    [recontact] höfðu aftur samband
    [visit] komu aftur
   *[churn] fóru
 } { $way ->
    [less] sjaldnar
    [more] oftar
   *[neither] hvorki greinilega oftar né greinilega sjaldnar
 } eftir að þeir höfðu fengið svar: áhættuhlutfallið ({ $outcome ->
    [repurchase] að kaupa aftur
    [recontact] að hafa aftur samband
    [visit] að koma aftur
   *[churn] að fara
 }) er { $ratio } miðað við sama tíma án svars. Þetta er fylgni, leiðrétt fyrir því sem gögnin geyma.
response_loyalty-rests = { $openings ->
    [one] { $openings } erindi viðskiptavinar; án svars telst það enn bíða.
   *[other] { $openings } erindi viðskiptavina; þau sem ekki var svarað teljast enn bíða.
 }
response_loyalty-rests-answered = { $openings ->
    [one] { $openings } erindi sem var svarað.
   *[other] { $openings } erindi sem var svarað.
 }
response_loyalty-rests-followed = { $followed ->
    [one] { $followed } viðskiptavini var fylgt eftir.
   *[other] { $followed } viðskiptavinum var fylgt eftir.
 }
response_loyalty-limit-1 = Það sem fær fyrirtæki til að svara sumum viðskiptavinum fyrr getur líka fengið þá til að vera áfram: fylgni er ekki orsök.
response_loyalty-limit-2 = Svör í síma eða einkaskilaboðum sjást ekki í opinberum textum.
response_loyalty-limit-3 = Fyrirtæki geta svarað þótt athugun sé lokið.

## Útbreiðslan

wom_spread-question = Hversu langt berst orðrómur?
wom_spread-none = Engar deilingar eru í þessum gögnum og því er ekkert hægt að segja um hversu langt orðrómur berst.
wom_spread-size = { $cascades ->
    [one] { $cascades } deilingakeðja sást
   *[other] { $cascades } deilingakeðjur sáust
 }; í þeirri stærstu { $largest ->
    [one] er { $largest } deiling
   *[other] eru { $largest } deilingar
 }.
wom_spread-size-mean = { $cascades ->
    [one] { $cascades } deilingakeðja sást
   *[other] { $cascades } deilingakeðjur sáust
 }; í þeirri stærstu { $largest ->
    [one] er { $largest } deiling
   *[other] eru { $largest } deilingar
 } og meðaltalið er { $mean }.
wom_spread-dies = Hver deiling leiðir að meðaltali af sér { $spread } og því deyr keðja út af sjálfu sér.
wom_spread-grows = Hver deiling leiðir að meðaltali af sér { $spread } og því getur keðja haldið áfram að vaxa: öryggisbilið útilokar ekki eina nýja fyrir hverja.
wom_spread-unknown = Ekki er hægt að segja hversu margar nýjar deilingar leiðir af hverri: { $reason }.
wom_spread-valence = Neikvæðar keðjur eru { $way ->
    [larger] stærri en jákvæðar
    [smaller] minni en jákvæðar
   *[neither] hvorki greinilega stærri né greinilega minni en jákvæðar
 }: { $ratio } stærð þeirra.
wom_spread-no-valence = Ekki er hægt að bera saman neikvætt og jákvætt umtal: { $reason }.
wom_spread-rests = { $cascades ->
    [one] { $cascades } deilingakeðja
   *[other] { $cascades } deilingakeðjur
 } með samtals { $shares ->
    [one] { $shares } deilingu
   *[other] { $shares } deilingum
 }.
wom_spread-rests-valence = { $n ->
    [one] { $n } keðja sem heimildin kallar neikvæða eða jákvæða.
   *[other] { $n } keðjur sem heimildirnar kalla neikvæðar eða jákvæðar.
 }
wom_spread-limit-1 = Keðja sem enn óx þegar söfnun lauk er stýfð; stærð hennar er neðri mörk.
wom_spread-limit-2 = Söfnun finnur keðjur með því að leita að stórum; litlar vantar oftar en gögnin geta sýnt.
wom_spread-limit-3 = Að deila er ekki að vera sammála: neikvætt eða jákvætt er það sem hóf keðjuna, ekki hver deiling.

## Ástæður

reason-quoted = „{ $reason }“
reason-no-exposure = ekki er gefið upp hversu margir hefðu getað kvartað
reason-no-exposure-unit = enginn fjöldi er gefinn upp í einingunni { $unit } (einingar sem eru til: { $known })
reason-no-complaints-stated = engin heimild segir hverjar færslur hennar eru kvartanir
reason-exposure-zero = fjöldi þeirra sem hefðu getað kvartað er 0
reason-few-reached = aðeins { $share } var svarað á athugunartíma sem var í mesta lagi { $hours } klst.
reason-none-answered = engu af { $n } erindum var svarað
reason-no-cases = engin erindi eru til
reason-no-answer = engu erindi var svarað
reason-not-observed = ekkert erindi var athugað í { $hours } klst.
reason-sampled = heimildin er úrtak erinda sem fengu svar og því vantar í hana þau sem ekki var svarað
reason-no-outcome = í þessum gögnum er útkomuna „{ $outcome }“ ekki að finna
reason-no-outcomes = engar útkomur voru gefnar upp
reason-no-link = ekki var hægt að tengja neitt erindi við útkomu hjá viðskiptavininum
reason-none-followed = engu af { $n } tengdum erindum fylgdi útkoman „{ $outcome }“
reason-few-events = útkoman „{ $outcome }“ fylgdi aðeins { $n } tengdum erindum; að minnsta kosti { $least } þarf
reason-separation = útkomurnar skilja þau sem var svarað alveg frá hinum
reason-no-time-answered = enginn athugaður tími er til eftir svar
reason-no-time-unanswered = enginn athugaður tími er til án svars
reason-no-event-answered = engin útkoma varð á tímanum eftir svar (aðskilnaður)
reason-no-event-unanswered = engin útkoma varð á tímanum án svars (aðskilnaður)
reason-few-cascades = { $n } keðjur eru of fáar; { $least } þarf
reason-rarer-valence = af sjaldgæfari gerðinni er fjöldi keðja { $n }; { $least } þarf
reason-no-valence = engin heimild segir hvort keðja er neikvæð eða jákvæð
reason-zero-ratio = annað gildanna tveggja er 0 og því er ekkert hlutfall til
reason-few-documents = fjöldi skjala með inntaki er { $n } sem er of lítið fyrir efni: { $needed } þarf fyrir { $topics }
reason-few-documents-topics = fjöldi skjala með inntaki er { $n } sem er of lítið fyrir { $topics } efni: { $needed } þarf ({ $each } á hvert efni, minnst { $least }); biddu um færri efni eða gefðu fleiri skjöl
reason-few-lemmas = fjöldi uppflettiorða í { $documents } skjölum eða fleiri og í mesta lagi helmingi þeirra er { $lemmas }: of lítið til að greina { $topics } efni að; gefðu fleiri eða lengri skjöl
reason-withheld = það byggist á færri en { $least } og er ekki birt til að vernda þá
