"""Office, project and customer tools.

Source: Notion, Linear, Asana, Figma, Dropbox, Typeform, HubSpot, Intercom, Postman documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    token("notion-token", "Notion token", "ntn_{digit:11}{base62:35}", "secret_{base62:43}"),
    token("linear-key", "Linear key", "lin_{api|oauth}_{base62:40-64}"),
    token("figma-token", "Figma token", "fig{d|dr|dh|do|uh|or|our}_{word:38-48}", "figd_{word:40}"),
    token("postman-key", "Postman key", "PMAK-{hex:24}-{hex:34}"),
    token("typeform-token", "Typeform token", "tfp_{word:40-44}_{base62:10-14}", "tfp_{url:59}"),
    token("clickup-token", "ClickUp token", "pk_{digit:6-9}_{upper:32}"),
    token("frameio-token", "Frame.io token", "fio-u-{word:60-64}"),
    token("mapbox-token", "Mapbox secret token", "sk.eyJ{base62:60-120}.{word:20-30}"),
    token("mapbox-public-token", "Mapbox public token", "pk.eyJ{base62:60-120}.{word:20-30}", public=True),
    token(
        "zapier-webhook",
        "Zapier webhook",
        "hooks.zapier.com/hooks/catch/{base62:6-12}/{base62:6-12}",
        "hooks.zapier.com/hooks/catch/{base62:10-30}",
        bad=("hooks.zapier.com/hooks/catch/",),
        edge="open",
    ),
    token("ifttt-webhook", "IFTTT webhook", "maker.ifttt.com/trigger/{word:2-40}/with/key/{word:20-44}", edge="open"),
    token("make-webhook", "Make webhook", "hook.{eu1|eu2|us1|us2}.make.com/{lower:32}", edge="open"),
    token("voiceflow-key", "Voiceflow key", "VF.{DM|WS}.{base62:24}.{base62:16}", "VF.{hex:24}.{base62:16}"),
    token(
        "pubnub-key",
        "PubNub key",
        "{pub|sub|sec}-c-{uuid}",
        "{pub|sub|sec}-c-{lower:8}-{lower:4}-{lower:4}-{lower:4}-{lower:12}",
    ),
    token("dependency-track-key", "OWASP Dependency-Track key", "odt_{base62:32-40}", "odt_{base62:8}_{base62:32}"),
    token("ubidots-token", "Ubidots token", "BBFF-{base62:30}"),
    token("maxmind-key", "MaxMind licence key", "{base62:6}_{base62:29}_mmk"),
    service("maxmind-legacy-key", "MaxMind licence key", "maxmind geoip geolite", "{base62:16}", alone=False),
    token("supernotes-key", "Supernotes or Storecove key", "supernotes_sk-{word:40-60}", "storecove_{word:40-60}"),
    token("teamwork-token", "Teamwork token", "tkn.v1_{word:50-100}="),
    token("tickettailor-key", "Ticket Tailor key", "sk_{digit:4}_{digit:6}_{hex:32}"),
    token("nylas-key", "Nylas key", "nyk_{v0|v1}_{base62:40-64}"),
    token("retool-token", "Retool token", "retool_{base62:20-40}"),
    framed(
        "beamer-key",
        "Beamer key",
        r"(?:[^0-9A-Za-z_/+-]|\A)(?P<secret>b_[0-9A-Za-z_-]{44})(?:[^0-9A-Za-z_/+-]|\z)",
        anchors=("b_",),
        good=("key = b_{word:44}",),
        bad=("key = b_{x:44}",),
        bits=5.6,
    ),
    token("fleetbase-key", "Fleetbase key", "flb_{live|test}_{base62:20}"),
    token("flexport-token", "Flexport token", "shltm_{word:40}"),
    framed(
        "asana-token",
        "Asana token",
        r"(?:[^0-9A-Za-z/]|\A)(?P<secret>[0-2]/[0-9]{15,17}(?:/[0-9]{15,17})?:[0-9a-f]{32})(?:[^0-9A-Za-z]|\z)",
        anchors=(":",),
        good=("pat = 1/{digit:16}:{hex:32}",),
        bad=("1/2:3",),
    ),
    framed(
        "truenas-key",
        "TrueNAS key",
        r"(?:[^0-9A-Za-z-]|\A)(?P<secret>[0-9]{1,2}-[0-9A-Za-z]{64})(?:[^0-9A-Za-z-]|\z)",
        anchors=("-",),
        good=("Bearer 8-{base62:64}",),
        bad=("8-abc",),
        bits=5.2,
    ),
    service("asana-key", "Asana key", "asana", "{digit:16}", "{lower:32}"),
    service("dropbox-key", "Dropbox key", "dropbox", "{lower:15}", "{word:64}", "{base62:11}AAAAAAAAAA{word:43}"),
    service("hubspot-key", "HubSpot key", "hubspot hapikey", "{uuid}"),
    service("intercom-token", "Intercom token", "intercom", "{text:60}"),
    service(
        "travel-key",
        "travel and geography key",
        "amadeus sabre duffel aviationstack flightapi flightstats tomtom here "
        "heremaps mapquest mapbox positionstack opencage geocodio geoapify locationiq "
        "what3words openrouteservice graphhopper openweather openweathermap weatherapi "
        "weatherstack weatherbit worldweather visualcrossing stormglass accuweather "
        "darksky tomorrowio climacell walkscore besttime route4me timezoneapi "
        "timezonedb zipcodeapi zipcodebase smartystreets postcodes calendarific "
        "holidayapi festivo abstractapi apilayer rapidapi mashape",
        "{lower:32}",
        "{hex:32}",
        "{base62:32}",
        "{upper:25}",
        "{hex:30}",
        "{uuid}",
        "{base62:43}",
        "{word:43}",
        "{base62:64}",
        "{base62:16}",
        "{lower:50}",
        "{base62:36}",
        "{base62:20}",
        "{word:42}",
        "{upper:34}",
    ),
    service(
        "sales-key",
        "customer relations key",
        "hubspot pipedrive salesforce zohocrm freshsales copper close closecrm "
        "closeio insightly capsulecrm nutshell streak apollo clearbit fullcontact "
        "lusha uplead hunterio snovio lemlist outreach salesloft gong reply replyio "
        "mailshake woodpecker salesflare salescookie nimble keap autopilot autoklose "
        "centralstationcrm teamwork teamworkcrm teamworkdesk axonaut bombbomb "
        "campayn loyverse vbout rocketreach prospectio skrapp sendinblue simplynoted "
        "appointedd satis guru referralhero swiftype",
        "{hex:40}",
        "{lower:40}",
        "{hex:32}",
        "{lower:32}",
        "{base62:32}",
        "{base62:64}",
        "{uuid}",
        "{base62:24}",
        "{base62:42}",
        "{base62:45}",
        "sk_{hex:32}",
        "api_{base62:22-44}",
        "{lower:30}",
        "{base62:20}",
        "{word:60}",
        "{digit:25}",
        "{word:20}",
    ),
    service(
        "work-key",
        "work tool key",
        "notion linear asana monday clickup trello basecamp todoist wrike smartsheet "
        "airtable coda confluence shortcut clubhouse aha productboard miro mural "
        "lucid figma invision zeplin abstract framer sketch evernote onenote "
        "roam obsidian dynalist workflowy boostnote calendly acuity doodle harvest "
        "toggl clockify timely tmetric timecamp everhour hubstaff worksnaps beebole "
        "paymo float forecast resourceguru bamboohr workday gusto deel rippling "
        "personio rentman sherpadesk yousign docusign hellosign pandadoc signnow "
        "clustdoc typeform jotform surveymonkey formstack wufoo cognito paperform "
        "tefter raindrop pocket instapaper feedly bitly rebrandly tly short tinyurl "
        "branch besnappy helpscout zipbooks simvoly zonka ritekit buffer hootsuite "
        "later ayrshare sprout vagaro mindbody",
        "{hex:32}",
        "{lower:32}",
        "{base62:32}",
        "{base62:48}",
        "{lower:48}",
        "{hex:40}",
        "{lower:40}",
        "{hex:64}",
        "{base62:64}",
        "{uuid}",
        "{word:48}",
        "{word:40}",
        "{base62:40}",
        "{base62:36}",
        "{base62:20}",
        "{lower:26}",
        "{lower:44}",
        "{base62:34}",
        "{word:137}",
        "{word:60}",
        "{base62:24}",
        "{base62:50}",
        "{word:24}",
        "{base62:8}-{base62:8}-{base62:8}-{base62:8}",
        "{lower:33}",
        "{lower:30}",
    ),
    service(
        "media-key",
        "media and data key",
        "spotify youtube giphy tenor unsplash pexels pixabay flickr shutterstock "
        "getty adobestock vimeo twitch ticketmaster seatgeek songkick bandsintown "
        "omdb tmdb themoviedb rawg igdb steam riot riotgames fortnite newsapi "
        "newscatcher currentsapi gnews mediastack nytimes guardian worldnews "
        "genius musixmatch edamam spoonacular calorieninja nutritionix foursquare "
        "yelp zomato cicero openfec propublica sportsdata sportradar sportsmonk "
        "apifootball fantasydata petfinder thecatapi nasa wolframalpha oxforddict "
        "merriam wordsapi languagetool grammarbot detectlanguage gengo lokalise "
        "phrase crowdin transifex poeditor weglot deepl smartling moderation "
        "sightengine faceplusplus kairos clarifai accuweather numbers upcdatabase "
        "barcodelookup brandfetch logodev appfollow appoptics iconfinder fontawesome "
        "googlefonts audd acrcloud raven strapi ",
        "{hex:32}",
        "{lower:32}",
        "{upper:32}",
        "{base62:32}",
        "{base62:40}",
        "{base62:43}",
        "{word:43}",
        "{hex:40}",
        "{lower:40}",
        "{base62:34}",
        "{base62:60-70}",
        "{uuid}",
        "{word:32}",
        "{word:40}",
        "{base62:64}",
        "{base62:80}",
        "{lower:24}",
        "{text:52}",
        "{base62:16}",
        "{base62:36}",
    ),
    service(
        "web-service-key",
        "key of a web service",
        "bugherd fastforex findl geocodify happyscribe imagga instabot ip2location ipqualityscore jupiterone "
        "knapsackpro kylas languagelayer leadfeeder linenotify linkpreview loginradius loqate lunchmoney madkudu "
        "mavenlink mesibo metrilo mixmax myintervals nethunt nftport nicereply nozbe nozbeteams onepagecrm oopspam "
        "openuv overloop owlbot packagecloud paralleldots partnerstack passbase pastebin peopledatalabs pepipost "
        "pipedream pivotaltracker pyowm podio postageapi prodpad protocolsio proxycrawl purestake quickmetrics "
        "ravenstools repairshopr revampcrm rownd runrunit salesblink scalr scrapeowl scraperbox scrutinizer selectpdf "
        "sellfy serphouse serply siteleaf skybiometry speechtext spotinst sslmate statuspal storychief stormboard "
        "stripo tallyfy testingbot theoddsapi thinkific tomba travelpayouts typetalk unplugg urlbae userstack "
        "vatlayer viewneo vouchery webengage websitepulse whatfix workstack worldcoinindex zenserp zonkafeedback "
        "blitapp collect2 checio ethplorer iexapis eightxeight endorlabs fulcrum formbucket formcraft getsandbox "
        "guardianapi hypertrack ipinfodb juro kontakt lexigram mailmodo mrticktock flightlabs geoipifi",
        "{hex:32}",
        "{hex:40}",
        "{hex:64}",
        "{uuid}",
        "{word:20-80}",
    ),
)
