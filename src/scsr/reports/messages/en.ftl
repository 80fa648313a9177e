# What the answers of the reports say, in English (Fluent). Every language has a file with the same names.
# Reasons are written as the analyses give them, word for word: that is how a reason is known again.

language = English
label-answer = The answer
label-rests = What it rests on
label-limits = Limits
label-choose = Language of the answer
synthetic = Made-up data: the answer shows how the report works, and says nothing about any real firm, customer or country.

said = { $value } ({ $level } interval { $low } to { $high })
said-unit = { $value } { $unit } ({ $level } interval { $low } to { $high })
named = { $what }: { $said }
both = { $first }; { $second }
minutes = { $value } { $amount ->
    [one] minute
   *[other] minutes
 }
hours = { $value } { $amount ->
    [one] hour
   *[other] hours
 }
days = { $value } { $amount ->
    [one] day
   *[other] days
 }
unit-times = times
unit-shares = shares
unit-further-shares = further shares
language-name = { $language ->
    [en] English
    [sv] Swedish
    [nb] Bokmål
    [nn] Nynorsk
    [is] Icelandic
   *[other] other languages
 }
language-in = { $language ->
    [en] In English
    [sv] In Swedish
    [nb] In Bokmål
    [nn] In Nynorsk
    [is] In Icelandic
   *[other] In other languages
 }
language-share = { $language } ({ $share })

## What does the corpus hold, and what does it lack?

corpus-question = What does the corpus hold, and what does it lack?
corpus-empty = There is nothing to report: no utterance matches the parameters, or none has been prepared.
corpus-size = The corpus holds { $utterances ->
    [one] { $utterances } utterance
   *[other] { $utterances } utterances
 } from { $sources ->
    [one] { $sources } source
   *[other] { $sources } sources
 }, in { $languages }.
corpus-quality = { $repeated } of them repeat an earlier one, the day of publication is known for { $dated }, and the language is sure for { $sure }.
corpus-all-read = Every raw record could be read.
corpus-unread = { $n ->
    [one] { $n } raw record could not be read and is listed with the reason.
   *[other] { $n } raw records could not be read and are listed with the reason.
 }
corpus-rests = { $utterances ->
    [one] { $utterances } utterance, the only one that matches the parameters.
   *[other] { $utterances } utterances, all that match the parameters.
 }
corpus-rests-interval = The intervals treat them as a sample of what could have been collected in the same way.
corpus-limit-1 = The corpus says nothing about customers who never wrote.
corpus-limit-2 = Short texts may be taken for a neighbour of their language: bokmål for Danish, Icelandic for Faroese.
corpus-limit-3 = Repeats are found by runs of the same words; a paraphrase is not.

## What do customers write about?

topics-question = What do customers write about?
topics-none = No topics can be told apart.
topics-empty = There are no documents with content words.
topics-found = { $in-language }, { $back } of { $topics } topics come back in at least { $steady } of the refits on resampled documents; the largest ({ $terms }) dominates { $share } of { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
 }.
topics-missing = { $language }: no topics, because { $reason }.
topics-rests = { $language }: { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
 } and { $refits ->
    [one] { $refits } refit
   *[other] { $refits } refits
 } on resampled documents.
topics-limit-1 = A topic is a pattern of words, not a matter in itself: read its words together before you give it a name.
topics-limit-2 = Each language has a model of its own, so the topics of two languages differ also because their models do.
topics-limit-3 = A topic that seldom comes back is better not built upon.

## How often do customers complain, and how many stay silent?

complaint_rates-question = How often do customers complain, and how many stay silent?
complaint_rates-unit = complaints per { $per } { $unit }{ $stock ->
    [yes] { " " }and month
   *[no] { "" }
 }
complaint_rates-overall = Customers made { $rate }.
complaint_rates-extremes = { $top } has most, { $most }, and { $low } fewest, { $fewest }; both are drawn towards the mean by as much as they are uncertain.
complaint_rates-outside = { $outside ->
    [0] None of { $firms } lies
    [one] { $outside } firm of { $firms } lies
   *[other] { $outside } firms of { $firms } lie
 } further from the common rate than chance and the usual spread between firms explain.
complaint_rates-nothing = How often customers complain cannot be said: { $reason }, and no source states which of its texts are complaints or negative.
complaint_rates-shares = A complaint rate cannot be given, because { $reason }. What these data give are shares of what was collected, not of customers. The { $parts }.
complaint_rates-complaint_share = share of openings, other than by firms, that their source calls complaints
complaint_rates-negative_share = share of utterances with a stated valence that is negative
complaint_rates-rests = { $complaints ->
    [one] { $complaints } complaint, so called by its source
   *[other] { $complaints } complaints, so called by their sources
 }, held against how many could have complained.
complaint_rates-rests-firms = { $firms ->
    [one] { $firms } firm.
   *[other] { $firms } firms.
 }
complaint_rates-rests-shares = { $n ->
    [one] { $n } utterance.
   *[other] { $n } utterances.
 }
complaint_rates-limit-1 = A firm that makes complaining easy gets more complaints; a rate does not measure how bad a firm is.
complaint_rates-limit-2 = Only what its source calls a complaint is counted.
complaint_rates-limit-3 = How many customers or contacts there were is taken as known.

## Does a faster answer keep customers?

response_loyalty-question = Does a faster answer keep customers?
response_loyalty-no-cases = There is no customer opening in these data, so no response time can be given.
response_loyalty-median = Half of { $conditional ->
    [yes] the openings that were answered
   *[no] customers' openings
 } have their first answer within { $median }.
response_loyalty-no-median = The median time to the first answer cannot be given: { $reason }.
response_loyalty-kept = { $kept } of { $conditional ->
    [yes] those answered
   *[no] them
 } have it within { $promise }.
response_loyalty-answered = { $answered } of the openings are answered at all.
response_loyalty-not-answered = How many are answered at all cannot be said: { $reason }.
response_loyalty-no-ratio = Whether a faster answer goes with loyalty cannot be said: { $reason }.
response_loyalty-ratio = Customers { $outcome ->
    [repurchase] bought again
    [recontact] made contact again
    [visit] came back
   *[churn] left
 } { $way ->
    [less] less often
    [more] more often
   *[neither] neither clearly more nor clearly less often
 } once they had been answered: the hazard of { $outcome ->
    [repurchase] buying again
    [recontact] making contact again
    [visit] coming back
   *[churn] leaving
 } is { $ratio } that of the same time without an answer. This is an association, adjusted for what the data hold.
response_loyalty-rests = { $openings ->
    [one] { $openings } customer opening; without an answer it counts as still waiting.
   *[other] { $openings } customer openings; those without an answer count as still waiting.
 }
response_loyalty-rests-answered = { $openings ->
    [one] { $openings } customer opening that was answered.
   *[other] { $openings } customer openings that were answered.
 }
response_loyalty-rests-followed = { $followed ->
    [one] { $followed } customer, followed after the opening.
   *[other] { $followed } customers, followed after the opening.
 }
response_loyalty-limit-1 = What makes firms answer some customers sooner may also make these stay: an association is not an effect.
response_loyalty-limit-2 = Answers by telephone or in a private message are not seen in public text.
response_loyalty-limit-3 = Firms may still answer after observation has ended.

## How far does word of mouth spread?

wom_spread-question = How far does word of mouth spread?
wom_spread-none = There are no shares in these data, so nothing can be said about how far word of mouth spreads.
wom_spread-size = { $cascades ->
    [one] { $cascades } cascade was seen
   *[other] { $cascades } cascades were seen
 }; the largest has { $largest ->
    [one] { $largest } share
   *[other] { $largest } shares
 }.
wom_spread-size-mean = { $cascades ->
    [one] { $cascades } cascade was seen
   *[other] { $cascades } cascades were seen
 }; the largest has { $largest ->
    [one] { $largest } share
   *[other] { $largest } shares
 } and the mean is { $mean }.
wom_spread-dies = A share brings { $spread } on average, so a cascade dies out by itself.
wom_spread-grows = A share brings { $spread } on average, so a cascade may go on growing: the interval does not exclude one for each.
wom_spread-unknown = How many further shares one brings cannot be said: { $reason }.
wom_spread-valence = Negative cascades are { $way ->
    [larger] larger
    [smaller] smaller
   *[neither] neither clearly larger nor smaller
 } than positive ones: { $ratio } the size.
wom_spread-no-valence = Negative and positive word of mouth cannot be compared: { $reason }.
wom_spread-rests = { $cascades ->
    [one] { $cascades } cascade
   *[other] { $cascades } cascades
 } with { $shares ->
    [one] { $shares } share
   *[other] { $shares } shares
 } in all.
wom_spread-rests-valence = { $n ->
    [one] { $n } cascade that its source calls negative or positive.
   *[other] { $n } cascades that their sources call negative or positive.
 }
wom_spread-limit-1 = A cascade that was still growing when collection ended is cut short; its size is a lower bound.
wom_spread-limit-2 = Collections find cascades by looking for large ones; small ones are missing more often than the data can show.
wom_spread-limit-3 = Sharing is not agreeing: negative or positive is what started the cascade, not each share.

## Reasons

reason-quoted = { $reason }
reason-no-exposure = no exposure was given
reason-no-exposure-unit = no exposure in { $unit } was given (units given: { $known })
reason-no-complaints-stated = no source states which of its utterances are complaints
reason-exposure-zero = the exposure is 0
reason-few-reached = only { $share } were answered within the observation of at most { $hours } h
reason-none-answered = none of the { $n } cases was answered
reason-no-cases = there are no cases
reason-no-answer = no opening was answered
reason-not-observed = no case was observed for { $hours } h
reason-sampled = the source was sampled on having a reply, so that unanswered openings are missing from it
reason-no-outcome = these data hold no outcome '{ $outcome }'
reason-no-outcomes = no outcomes were given
reason-no-link = no case could be linked to an outcome of its customer
reason-none-followed = none of the { $n } linked cases was followed by { $outcome }
reason-few-events = only { $n } of the linked cases were followed by { $outcome }; at least { $least } are needed
reason-separation = the events separate the answered from the unanswered completely
reason-no-time-answered = there is no time at risk answered
reason-no-time-unanswered = there is no time at risk not answered
reason-no-event-answered = no event fell into the time answered (separation)
reason-no-event-unanswered = no event fell into the time not answered (separation)
reason-few-cascades = { $n } cascades are too few; it takes { $least }
reason-rarer-valence = the rarer valence has { $n } cascades; it takes { $least }
reason-no-valence = no source states the valence of a cascade
reason-zero-ratio = one of the two is 0, so that there is no ratio
reason-few-documents = { $n } documents with content are too few for topics: { $needed } are needed for { $topics }
reason-few-documents-topics = { $n } documents with content are too few for { $topics } topics: { $needed } are needed ({ $each } a topic, { $least } at the least); ask for fewer topics or give more documents
reason-few-lemmas = only { $lemmas } lemmas stand in { $documents } documents or more and in at most half of them: too few to tell { $topics } topics by; give more or longer documents
reason-withheld = it rests on fewer than { $least }, and is withheld to protect them
