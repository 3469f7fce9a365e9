//! Lists of words and phrases, as data. Lower case; either spelling, see [`super::spelling`].
//!
//! All lists were written for this project from how people speak of their work; the categories
//! follow the coding schemes named where they are used.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::spelling::normal;

/// A set of single words.
#[derive(Debug)]
pub(crate) struct WordSet(HashSet<String>);

impl WordSet {
    pub(crate) fn new(words: &[&str]) -> Self {
        Self(words.iter().flat_map(|line| line.split_whitespace()).map(normal).collect())
    }

    /// Whether the (normal) word is in it.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains(key)
    }
}

/// A set of phrases of one or more words, found by their first word.
#[derive(Debug)]
pub(crate) struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    /// Reads phrases of words separated by spaces.
    pub(crate) fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut map: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for phrase in phrases {
            let keys: Vec<String> = phrase.split_whitespace().map(normal).collect();
            if let Some(first) = keys.first() {
                map.entry(first.clone()).or_default().push(keys);
            }
        }
        for list in map.values_mut() {
            list.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        }
        Self(map)
    }

    /// The length of the longest phrase that begins at the start of `keys`.
    pub(crate) fn at<S: AsRef<str>>(&self, keys: &[S]) -> Option<usize> {
        self.0.get(keys.first()?.as_ref())?.iter().find_map(|phrase| {
            (phrase.len() <= keys.len()
                && phrase.iter().zip(keys).all(|(word, key)| word == key.as_ref()))
            .then_some(phrase.len())
        })
    }

    /// Where phrases begin and how long they are, left to right, none overlapping.
    pub(crate) fn find<S: AsRef<str>>(&self, keys: &[S]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < keys.len() {
            if let Some(len) = self.at(&keys[index..]) {
                found.push((index, len));
                index += len;
            } else {
                index += 1;
            }
        }
        found
    }

    /// Whether any phrase occurs.
    pub(crate) fn any<S: AsRef<str>>(&self, keys: &[S]) -> bool {
        (0..keys.len()).any(|index| self.at(&keys[index..]).is_some())
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($line:literal),+ $(,)?) => {
        $(#[$doc])*
        pub(crate) static $name: std::sync::LazyLock<$crate::text::lexicon::WordSet> =
            std::sync::LazyLock::new(|| $crate::text::lexicon::WordSet::new(&[$($line),+]));
    };
}

pub(crate) use words;

macro_rules! phrases {
    ($(#[$doc:meta])* $name:ident: $($phrase:literal),+ $(,)?) => {
        $(#[$doc])*
        pub(crate) static $name: LazyLock<Phrases> = LazyLock::new(|| Phrases::new([$($phrase),+]));
    };
}

words! {
    /// Hesitation sounds as recognisers write them.
    HESITATIONS: "um umm ummm uh uhh uhm er erm err eh ah ahh hm hmm hmmm mm mmm mhm mm-hmm uh-huh"
}

words! {
    /// Adverbs that carry no content wherever they stand.
    EMPTY_ADVERBS: "basically actually literally honestly obviously essentially really very quite
        just simply anyway anyways okay ok alright kinda sorta yeah yep yes like"
}

phrases! {
    /// Phrases that carry no content wherever they stand.
    EMPTY_PHRASES: "you know", "i mean", "sort of", "kind of", "you see", "or something like that",
        "or something", "or whatever", "and stuff like that", "and stuff", "and things like that",
        "if that makes sense", "to be honest", "if you will", "at the end of the day",
}

words! {
    /// After these "well" is meant ("went well").
    BEFORE_WELL: "went go goes going gone did do does doing very as really pretty worked work works
        working so how received quite well performed ran run fit turned speak spoke"
}

words! {
    /// Function words: what running speech is held together by.
    FUNCTION: "the a an and or but nor so if then than that this these those there here it its he
        she they them their his her him i me my mine myself we us our ours you your who whom whose
        which what when where why how to of in on at by for from with without into onto over under
        up down out off about after before between through during until while because as not no
        was were is are am be been being had has have having did do does doing done would could
        should can will might may must shall i'm i'd i've i'll we'd we've we're we'll they'd
        they've they're it's he'd she'd he's she's that's there's didn't don't doesn't wasn't
        weren't isn't aren't hadn't haven't hasn't couldn't wouldn't shouldn't can't won't one all
        some any each every both other another such only also too very just now even still again
        back more most much many few same own like him got get went said"
}

words! {
    /// Subject pronouns of the first person singular, with their contractions.
    FIRST_SINGULAR: "i i'm i'd i've i'll"
}

words! {
    /// Subject pronouns of the first person plural, with their contractions.
    FIRST_PLURAL: "we we'd we've we're we'll"
}

words! {
    /// Subject pronouns of the third person that name somebody.
    THIRD: "he she they he'd she'd they'd he's she's they've they're he'll she'll they'll somebody
        someone nobody both"
}

words! {
    /// Subjects that name nobody in particular.
    GENERIC: "you you'd you're you'll you've people everyone everybody anyone anybody one"
}

words! {
    /// Subjects that name no person.
    THINGS: "it it's it'd it'll this that that's there there's there'd these those which"
}

words! {
    /// Words that open a noun phrase.
    DETERMINERS: "the a an my our his her their your its this that these those some any each every
        another one two three four five six seven eight nine ten several many most all both no half"
}

words! {
    /// Forms of "be" as finite verbs.
    BE: "was were is are am wasn't weren't isn't aren't"
}

words! {
    /// Auxiliaries and modals, finite.
    MODALS: "would could should can will might may must shall wouldn't couldn't shouldn't can't won't
        cannot mightn't mustn't"
}

words! {
    /// Past forms that do not end in "ed".
    IRREGULAR_PAST: "was were wasn't weren't had hadn't did didn't went came took gave got made said told
        saw found brought bought thought taught caught sought fought built rebuilt sent spent lent
        kept slept wept left felt met led fed held heard stood understood wrote rewrote drove rode
        spoke broke chose woke froze stole drew grew knew threw flew blew rang sang began ran swam
        drank sat set put cut hit let shut split cost quit bet spread read lost won paid laid sold
        became overcame withdrew undertook took overtook forgot forgave rose fell ate beat bit hid
        did redid undid dealt meant lit shot stuck struck swept dug hung swung stung sprang shook
        wore tore bore swore learnt burnt spelt dreamt leapt leant sank shrank sped bled bound wound
        ground outgrew oversaw foresaw redrew retook re-ran reran rewrote reset undercut upset"
}

words! {
    /// Participles that do not end in "ed" and are not past forms too.
    PARTICIPLES: "been done gone seen taken given come become written rewritten driven ridden spoken
        broken chosen woken frozen stolen drawn grown known thrown flown blown rung sung begun run
        swum drunk eaten beaten bitten hidden forgotten forgiven risen fallen shaken worn torn born
        sworn shown proven gotten made told sent left built held put cut set paid sold lost found
        brought bought taught caught kept met led heard written understood overseen"
}

words! {
    /// Words in "ed" that are no past forms.
    NOT_PAST: "need indeed speed feed seed breed exceed proceed succeed hundred red bed shed embed
        naked sacred wicked kindred weed deed greed reed unprecedented so-called supposed limited
        detailed complicated dedicated motivated experienced skilled qualified passionate
        results-oriented results-driven advanced united related sophisticated talented gifted
        well-organized organized-minded open-minded ahmed
        mohammed muhammed hamed fred ted ned jared alfred wilfred winifred saeed sayed zayed khaled
        waleed majed"
}

words! {
    /// Participles that describe a state of mind or a person rather than something done to them.
    ADJECTIVAL: "excited interested tired bored worried concerned pleased surprised scared annoyed
        frustrated confused stressed overwhelmed disappointed satisfied thrilled convinced
        experienced involved supposed used able responsible prepared committed motivated determined
        relieved embarrassed ashamed delighted impressed married retired qualified"
}

words! {
    /// Past forms that say what somebody felt, held, wanted or was.
    MENTAL: "felt thought knew believed wanted liked loved hated hoped wished seemed needed meant
        remembered understood enjoyed feared trusted assumed expected worried cared preferred
        figured guessed doubted imagined appeared looked sounded belonged mattered existed
        involved contained consisted depended deserved lacked required included realized learned
        noticed saw heard recognized discovered"
}

words! {
    /// Base forms of the same, as they follow "did not".
    MENTAL_BASE: "feel think know believe want like love hate hope wish seem need mean remember
        understand enjoy fear trust assume expect worry care prefer figure guess doubt imagine
        belong matter exist realize notice see hear recognize mind"
}

words! {
    /// Past forms by which learning is told.
    LEARNING: "learned realized understood recognized discovered"
}

words! {
    /// Past forms that name an action so broadly that nobody could picture it.
    BROAD: "did got went tried helped worked managed handled dealt supported contributed
        participated communicated collaborated ensured overcame delivered succeeded achieved faced
        experienced made took used came became gave kept continued started began stayed focused
        leveraged utilized drove facilitated coordinated demonstrated showed displayed exhibited
        solved resolved improved accomplished excelled adapted pushed motivated inspired empowered
        led oversaw executed optimized streamlined spearheaded championed engaged aligned identified
        implemented established addressed initiated enhanced maintained provided fostered cultivated
        transformed mobilized navigated ensured emphasized prioritized built-up"
}

words! {
    /// Words that make a broad verb vague when nothing else stands beside it.
    VAGUE_NOUNS: "it things thing stuff everything something issue issues problem problems situation
        situations challenge challenges task tasks job work project projects solution solutions best
        way ways goal goals result results success team everyone people lot lots bit part parts
        effort efforts hard well good great successful successfully together effectively efficiently
        communication leadership teamwork collaboration process processes obstacle obstacles all
        deadline deadlines quality objectives outcome outcomes difference impact tough difficult
        challenging big better done through along there with from in on of for to and the a my our
        i we us them they me him her you she he that this was were very really so much many able"
}

words! {
    /// Words of advertisement and of the interview itself; a list of them says nothing.
    BUZZ: "leadership teamwork communication collaboration collaborative ownership accountability
        accountable stakeholder stakeholders synergy synergies synergistic proactive proactively
        results-driven results-oriented result-oriented passionate passion dynamic strategic
        strategically strategy impact impactful leverage leveraged leveraging deliverables value
        values kpi kpis roi metrics mindset innovation innovative innovate holistic empower empowered
        empowering empowerment excellence best-in-class world-class cross-functional agile scrum
        self-starter go-getter multitasking detail-oriented problem-solving problem-solver
        adaptability adaptable flexibility resilience resilient integrity initiative initiatives
        alignment aligned optimization optimized efficiency efficient productivity growth scalable
        transformational transformation visionary vision mentorship mentoring coaching influence
        influencing engagement engaged driven motivated motivation dedicated dedication
        professionalism professional competency competencies skills skill skillset hardworking
        outcomes outcome results result situation task action actions star reflection measurable
        quantifiable success successful successfully achievement achievements performance
        customer-centric customer-focus customer-focused data-driven paradigm bandwidth end-to-end
        decision-making time-management management hands-on team-player conflict-resolution
        goal-oriented empathy transparency diversity inclusive inclusion continuous improvement"
}

words! {
    /// Words of eloquence about work: what somebody calls it, in place of what happened.
    LOFTY: "journey journeys purpose clarity courage insight insights narrative dialogue philosophy
        culture cultural authentic authenticity authentically compelling meaningful presence
        potential truth wisdom trust belonging wellbeing well-being vulnerability vulnerable
        profound profoundly genuine genuinely truly deeply inspire inspired inspiring inspiration
        uplift framework frameworks governance workstream workstreams landscape ecosystem narrative
        approach approaches learnings value-add values space spaces energy intent intention
        intentional intentionally essence gift invitation compass magic momentum curiosity curious
        complexity simplicity holistically consistently constantly uncertainty credibility
        relationship relationships conversations mission excellence ambition ambitious passionate
        passionately transform transforms transforming transparent transparently authority
        stakeholder-centric solution-focused solutions-focused solution-oriented lens pillar pillars
        toolkit pathway dynamics priorities opportunity opportunities expertise diverse perspective
        perspectives constructive constructively collaborate collaborated collaboratively
        consensus buy-in touchpoint touchpoints roadmap ownership-driven delivery execution
        positioning disruption rigor rigorous discipline disciplined robust commitment dedication
        context contexts mentality attitude humility humble humbling resonate resonated empowers
        enable enabled enables enabling unlock unlocked unlocks elevate elevated foster embrace
        embraced embracing champion championed cultivate reframe reframed synergize navigate
        navigated navigating leaned showcase showcased tailored landed seamless seamlessly optimal
        win-win trade-offs touch human-centered people-centered servant north fundamental
        fundamentally ultimately truthfully respective various numerous key core overarching"
}

words! {
    /// Labels of the story's parts; saying one is not telling it.
    LABELS: "situation task action result star reflection relevance outcome"
}

words! {
    /// Content words so general that they make nothing concrete.
    GENERAL: "thing things stuff lot lots way ways time times work working worked job people person
        someone everyone everything something anything nothing team teams project projects problem
        problems issue issues situation situations challenge challenges challenging goal goals good
        great best better bad hard difficult tough important different able make made making get
        getting got go going went do doing done did take taking took give gave come came keep kept
        try trying tried help helped helping need needed want wanted think thought feel felt know
        knew believe always usually often sometimes never ever every each many much more most some
        any all other others another new big small long day days week weeks month months year years
        experience experiences example examples company role position career opportunity end first
        second last next lots kind sort type point part whole really very quite pretty bit little
        well also even still though however together able overall general generally certain sure
        course life world today nowadays ability strong strength strengths weakness weaknesses
        learn learned learning grow improve improved improving support supported manage managed
        handle handled deal dealt lead led leading leader leaders member members environment success
        successful successfully happy fine okay nice interesting quickly effectively efficiently
        solution solutions solve solved process processes focus focused plan plans matter matters
        involved communicate communicated collaborate tell told say said talk talked ask asked
        question questions answer answers situation listen listening understand understanding
        different various multiple several things everybody anybody somebody tend love like enjoy
        happen happened happening start started begin began finish finished finally end ended
        result results outcome delivered deliver achieve achieved task tasks action actions
        pressure stress conflict difference skill skills effort quality effective efficient"
}

words! {
    /// Words that praise, blame or name a mood: what somebody thought of it, not what it was.
    EVALUATIVE: "satisfied pleased happier glad grateful thankful impressed proud relieved thrilled
        excited delighted comfortable confident appreciated appreciate appreciative positive
        negative fantastic amazing outstanding excellent wonderful awesome brilliant perfect
        incredible remarkable exceptional tremendous significant substantial considerable
        smooth smoothly easier easy harder simpler faster quicker slower stronger weaker closer
        worse worst nicer friendlier busy stressful frustrating frustrated annoyed annoying angry
        upset nervous worried sad sorry tense unpleasant terrible awful horrible scary calm
        polite honest fair useful helpful valuable worth meaningful best enjoyed valued recognized expectations expectation feedback thanks thank
        praise praised compliments compliment recognition attitude mood atmosphere energy spirit
        respect respectful respectfully trusted careful greater higher huge massive countless"
}

words! {
    /// Whom every story of work is about: naming their role makes nothing concrete by itself.
    ROLES: "manager managers boss bosses supervisor supervisors colleague colleagues coworker
        coworkers co-worker co-workers customer customers client clients employee employees
        department departments organization business management office staff group groups user
        users guy guys lady woman man folks friend friends partner partners expert experts
        professional professionals teammate teammates"
}

words! {
    /// Nouns of things with endings that mostly make abstract nouns.
    THINGS_IN_ABSTRACT_ENDINGS: "station stations apartment apartments basement basements equipment
        instrument instruments document documents cement pavement tournament monument garment
        city cities university universities facility electricity charity charities community
        communities celebrity ambulance ambulances fence fences ounce invoice licence license
        auction location locations junction intersection section sections question ration potion
        lotion medication injection injections operation operations reception vacation vacations
        examination presentation presentations application applications subscription subscriptions
        prescription prescriptions construction plantation donation donations demonstration
        registration reservation reservations invitation invitations installation translation
        translations edition editions caption mission pension television mansion version versions
        extension extensions harness witness witnesses business ship membership internship
        apprenticeship scholarship payment payments shipment shipments department treatment
        statement statements advertisement advertisements appointment appointments
        replacement replacements conference conferences ambience audience sentence sentences
        insurance maintenance entrance balance distance table tables cable cables vegetable
        vegetables hospital hospitals journal journals animal animals festival festivals signal
        signals terminal terminals medal medals meal meals metal goal capital portal manual manuals
        rental proposal proposals deal deals trial trials funeral material materials tutorial
        family families belly jelly trolley assembly supply butterfly july monthly weekly daily
        detective archive archives drive drives olive hive native vive music clinic clinics
        fabric traffic plastic topic picnic mechanic mechanics logic attic critic graphic graphics
        logistics statistics physics ceramic restaurant restaurants assistant assistants merchant
        tenant tenants resident residents student students patient patients accountant consultant
        president parent parents agent agents client clients content continent current agreement
        elephant croissant pendant servant giant buildings building earrings drawings paintings
        savings readings recordings meetings mornings evenings timetable timetables cartable
        turntable freezable olives detectives motives natives representative representatives
        executive executives locomotive relatives relative constable vaccination vaccinations
        inspection inspections collection collections delivery ceremony solution"
}

words! {
    /// Units and amounts that a number counts.
    UNITS: "percent per cent pounds pound dollars dollar euros euro hours hour minutes minute seconds
        days day weeks week months month years year people customers users orders tickets calls
        pages items units points times kilos miles metres degrees engineers nurses students staff"
}

words! {
    /// Numbers in words; "one" is left out, as it is mostly no number.
    NUMBERS: "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
        hundred hundreds thousand thousands million millions billion half third quarter double twice
        dozen dozens couple zero"
}

words! {
    /// Months and days, which date a story. "may" and "march" only count with a capital.
    DATES: "january february april june july august september october november december monday
        tuesday wednesday thursday friday saturday sunday christmas easter ramadan thanksgiving
        yesterday morning afternoon evening lunchtime midnight noon weekend spring summer autumn
        winter"
}

phrases! {
    /// Phrases that place a story in time, without being a fact somebody could check by themselves.
    WHEN: "last year", "last month", "last week", "last summer", "last winter", "last spring",
        "last autumn", "last fall", "years ago", "months ago", "weeks ago", "days ago", "a year ago",
        "a month ago", "at the time", "one day", "that day", "the next day", "the following day",
        "back in", "in my last", "in my previous", "in my first", "in my second", "in my third",
        "in my final", "at my last", "at my previous", "at my first", "when i was", "when we were",
        "while i was", "while we were", "during my", "during the", "in the middle of", "on my first",
        "at university", "at college", "at school", "in college", "at uni", "after i joined",
        "when i joined", "when i started", "earlier this year", "this year", "recently",
}

phrases! {
    /// What sets a scene.
    SETTING: "i was working", "we were working", "i worked at", "i worked for", "i worked as",
        "i was a", "i was an", "i was the", "i was on", "i was in", "i was at", "there was", "there were",
        "we had", "i had a", "i had been", "we were", "my team was", "our team was", "my manager", "my boss",
        "a colleague", "one of my", "one of our", "the company was", "the client was", "the team was",
        "a customer", "a client", "i joined", "i started at", "i volunteered", "i ran a", "i ran the",
        "i interned", "my internship", "an internship", "worked part time", "working part time",
}

phrases! {
    /// Steps of a career: where somebody comes from, and no action in a situation.
    CAREER: "started there", "started as", "moved to the", "moved into the", "worked as", "time off",
        "a certificate", "a degree", "a diploma", "joined the", "graduated", "applied for", "my tasks were", "my duties were",
        "my tasks are", "been working", "i studied", "i started at", "i started in", "i started my", "i worked at",
        "i worked for", "i worked in", "i was born", "i grew up", "taught myself",
}

phrases! {
    /// What had to be done, or what stood in the way.
    TASK: "had to", "needed to", "my job was", "my role was", "my task was", "my part was",
        "i was responsible for", "we were responsible for", "was responsible for", "i was asked to",
        "we were asked to", "i was told to", "asked me to", "wanted me to", "told me to", "was asked to", "the goal was",
        "the aim was", "our goal was", "my goal was", "we were supposed to", "i was supposed to",
        "was supposed to", "were meant to", "was meant to", "was due", "were due", "the deadline was",
        "the deadline", "the problem was", "the challenge was", "the issue was", "the trouble was",
        "it was up to me", "fell to me", "was left to me", "was in charge of", "i was in charge",
        "was my responsibility", "my responsibility was", "it was my job", "to find a way",
        "needed someone", "wanted somebody", "needed somebody", "i took on", "i agreed to", "i was given",
        "we were given", "i was to", "we were to", "we only had", "i only had", "we had only",
        "the question was", "the point was to", "what was needed", "had until", "the plan was",
        "wanted us to", "asked us to", "asked if i", "asked whether i", "put me in charge",
        "was at risk", "were at risk", "was going to", "were going to", "in danger of", "about to lose",
        "had been asked to", "had been told to", "got asked to", "got told to", "was expected to",
        "were expected to", "was planned for", "was scheduled for", "my task", "our task", "the task was",
        "our target was", "my target was", "the target was", "the idea was to", "our job was",
        "the mission was", "we were about to", "were about to", "was about to", "supposed to",
        "couldn't afford", "there was no time", "there was no way", "we did not have", "we didn't have",
        "i didn't have", "i did not have", "no one knew", "nobody knew", "i was tasked", "we were tasked",
        "was tasked with", "were tasked with", "i was assigned", "we were assigned", "assigned me",
        "was put in charge", "i was chosen to", "needed a", "needed an", "needed us", "needed me",
        "i wanted to find", "depended on", "was counting on", "were counting on",
}

phrases! {
    /// An aim, which is a task as long as nothing was done yet, and a reason beside what was done.
    AIM: "wanted to", "wanted me", "wanted us", "hoped to", "hoping to", "planned to", "was planning to",
        "were planning to", "was trying to", "were trying to", "meant to", "aimed to", "intended to",
        "asked for", "wanted a", "wanted an", "wanted the", "we needed", "i needed", "they needed", "he needed",
        "she needed", "expected",
}

words! {
    /// Words by which a difficulty is told.
    TROUBLE: "nobody nothing none no not never couldn't wouldn't didn't wasn't weren't hadn't cannot can't
        without lost late wrong closed stopped broke broken failed failing gap behind short shortage
        missing missed problem problems trouble angry upset unhappy complained complaints afraid
        refused quit left ill sick cancelled overbooked delayed delay stuck only too instead
        disagreed argued disagreement mistake error mess confused confusion different twice
        struggling struggled slow slower worse worst hard harder risk against enough lacked deadline
        unclear conflict tense crashed leaked fell dropped despite unless otherwise burned burnt
        backlog piling piled resigned canceled forgot misunderstood misunderstanding hesitant
        skeptical resisted resistance reluctant ignored frustrated frustrating annoyed rude argument
        bug bugs fault faults defect defects outage complaint blocked jammed damaged expired
        overdue overwhelmed understaffed panicked panic difficult difficulty unable impossible
        insufficient incomplete inconsistent outdated exhausted injured bad badly lacking lack
        chaos chaotic messy empty unexpected unexpectedly suddenly cut shut down worried scared
        embarrassing noisy dangerous unsafe expensive costly failure refusing arguing fighting"
}

phrases! {
    /// Why something was done that way.
    RATIONALE: "because", "so that i", "so that we", "so that they", "so that he", "so that she", "so that people", "so that everyone", "so that everybody", "so that nobody", "so that the", "so that my", "so that our", "so that it", "so that you", "so that there", "cause i", "cause we", "cause they", "cause it", "cause he", "cause she", "cause the", "in order to", "to make sure", "to avoid", "to be sure", "the reason",
        "rather than", "instead of", "my thinking was", "my reasoning", "since i", "since we", "since they",
        "since the", "i reckoned", "i figured", "i judged", "i weighed", "i chose", "it made more sense",
        "the idea was", "i thought that if", "i thought if", "thinking that", "which way", "otherwise",
        "i wanted to", "i wanted them", "i wanted her", "i wanted him", "the trade-off", "as i knew",
        "knowing that", "so nobody", "so no one", "so they could", "so we could", "so he could",
        "so she could", "so people could", "so everyone could", "in case", "my bet", "i preferred",
}

phrases! {
    /// What marks an ending.
    ENDING: "as a result", "in the end", "as a consequence", "the result was", "the result", "the outcome",
        "the upshot", "eventually", "ended up", "ended with", "which meant", "that meant", "this meant",
        "meaning that", "by the end", "by the time", "at the end", "finally", "since then", "to this day", "turned out",
        "came out", "in total", "overall", "after that", "ever since", "from then on", "a week later",
        "a month later", "two weeks later", "months later", "weeks later", "a year later", "days later",
        "the next morning", "within a week", "within a month", "within two", "within three", "within a day",
        "that month", "that week", "that quarter", "that year", "by friday", "by monday", "on the day",
        "afterwards", "afterward", "still use", "still used", "still uses", "still in use", "still using",
        "is still", "are still", "was still", "still runs", "still there", "went from", "down from", "up from", "down to", "up to",
        "no longer", "never happened again", "has not happened", "hasn't happened", "on time", "ahead of schedule",
        "under budget", "for the first time", "next quarter", "next year", "next month", "the following",
}

phrases! {
    /// What says that the ending comes now.
    ANNOUNCED: "in the end", "as a result", "the result was", "the outcome was", "eventually",
        "finally", "at the end", "as a consequence", "ended up", "the upshot", "by the end",
}

words! {
    /// Past and participle forms that tell what came of something.
    OUTCOME_VERBS: "dropped fell rose increased decreased reduced cut saved doubled halved tripled grew
        improved won passed renewed approved accepted adopted launched shipped delivered finished
        completed thanked promoted hired signed stayed returned reopened opened closed recovered
        cleared solved resolved succeeded failed lost missed agreed apologized praised extended
        split beat placed earned received raised compromised graduated filed
        rolled arrived worked stopped disappeared went became kept left moved settled sold paid
        refunded met reached exceeded hit dropped-off shrank climbed published merged released
        landed held ended came got cancelled withdrew repeated"
}

words! {
    /// Past forms by which something comes to its end between people, or is reached: what linguists
    /// call achievements, which are an ending even when "I" or "we" are their subject.
    ACHIEVED: "agreed settled compromised split won passed finished completed reached met saved sold
        raised lost got came ended delivered signed launched shipped kept doubled halved tripled cut
        reduced recovered resolved solved closed filed beat placed earned received renewed landed
        reopened graduated"
}

phrases! {
    /// Endings that could be told of anything.
    VAGUE_ENDING: "went well", "went really well", "went very well", "worked out", "it worked", "was a success",
        "was successful", "was a big success", "was a great success", "were successful", "successfully",
        "was great", "was good", "was fine", "was really good", "were happy", "was happy", "was very happy",
        "were very happy", "were really happy", "everyone was happy", "was pleased", "were pleased", "were all happy",
        "great results", "good results", "good outcome", "great outcome", "positive outcome",
        "sort it out", "sorted it out", "sorted out", "got it done", "got things done", "made it work", "did well", "did a good job", "did a great job", "all good", "in the end it",
        "got there in the end", "got through it", "came together", "turned out well", "turned out fine", "turned out great",
        "it was fine", "solved the problem", "fixed the problem", "solved it", "resolved it", "resolved the issue",
        "achieved our goal", "achieved our goals", "met our goals", "met the goal", "reached our goal", "exceeded expectations",
        "delivered on time", "finished on time", "made a difference", "a huge success", "really proud",
        "got better", "became better", "was better", "were better", "it got easier", "was easier", "went okay", "went ok",
        "went fine", "went all right", "went alright", "went smoothly", "was okay", "were okay", "were fine", "was satisfied",
        "were satisfied", "was solved", "was resolved", "was fixed", "found a solution", "found a compromise",
        "came to an agreement", "found a way", "worked really well", "worked well", "worked very well", "worked fine",
        "it helped", "helped a lot", "improved a lot", "was impressed", "were impressed", "was grateful", "were grateful",
        "was thankful", "seemed to like", "seemed to enjoy", "liked it", "loved it", "enjoyed it", "happy in the end",
        "said thanks", "thanked me", "thanked us", "took place", "got done", "got through", "good feedback",
        "great feedback", "positive feedback", "good experience", "great experience", "all went well", "turned out good",
        "managed to finish", "managed to solve", "managed to do",
}

phrases! {
    /// What was learned or is done differently since.
    LESSON: "i learned that", "i learned to", "i learned from", "i learned not", "i learned never",
        "i learned how", "i learned a", "i learned the importance", "i learned the value", "i learned the hard",
        "i learned you", "i learned if", "i learned when", "i learned is", "i learned was",
        "i learned there", "i learned here", "i learned i", "i learned we", "what i learned",
        "things i learned", "thing i learned", "we learned that", "we learned to", "what we learned",
        "i've learned", "i have learned", "taught me", "i learn that", "i learn from", "looking back", "in hindsight", "with hindsight",
        "next time", "if i did it again", "if i did this again", "if i could do it again", "if i had to do it again",
        "do differently", "done differently", "do it differently", "i would change", "i'd change", "i should have",
        "i would have", "i'd have", "i wish i had", "i wish i'd", "since then i", "ever since i", "from then on i",
        "these days i", "now i always", "i now", "i always now", "i realized", "it made me realize", "made me realize",
        "what i took", "i took away", "i took from", "i take from", "the takeaway", "my takeaway", "the lesson",
        "a lesson", "my mistake was", "i would start", "i'd start", "i would ask", "i'd ask", "i changed how",
        "i changed the way", "i've since", "i have since", "i still do", "i've done it", "i have done it", "i do that",
        "nowadays i", "since that", "after that i always", "i've kept", "i have kept", "i've used", "i would do", "i'd do",
        "what stays with me", "what stayed with me", "do it again", "i'd do it", "what i changed", "what we changed",
        "since then i've", "since then we've", "ever since i've", "since then we", "since then my", "since then there", "we have since", "we've since", "so now we", "and now we", "now we",
        "every time since", "so now when", "now when", "what i kept", "the part i'd", "the part i would",
        "i would tell", "i'd tell", "i would bring", "i'd bring", "today i", "and now i", "so now i", "i no longer", "i never again",
}

phrases! {
    /// What the speaker sees now that they did wrong or did not see.
    FAULT: "i should have", "i should've", "we should have", "i got wrong", "we got wrong", "i was wrong", "my fault",
        "my own fault", "my mistake", "too late that", "noticed too late", "saw too late", "realized too late",
        "i was stupid", "i'd never shown", "i'd never asked", "i had never asked", "i'd never checked", "i never asked",
        "i never once", "not sure it was right", "not sure was right", "still not sure", "i did it badly", "i did badly",
        "was on me", "was down to me", "i could have", "i could've", "i might have", "was a bad idea",
        "learning for me", "lesson for me", "it showed me", "that showed me", "this showed me", "it taught me",
        "i have learned", "we have learned", "i learned", "i see now", "i know now", "i understand now",
}

phrases! {
    /// Why it matters for this question or role.
    BRIDGE: "in this role", "for this role", "in your team", "your company", "this position", "for this job", "in this job",
        "that's why i applied", "that is why i applied", "why i'm here", "i would bring that", "would help me here",
        "that's why i think", "relevant to", "i could do the same", "that experience is why",
}

words! {
    /// What usually happens rather than happened once.
    HABITUAL: "always usually generally normally typically often sometimes whenever tend tends regularly
        constantly everyday never"
}

phrases! {
    /// What the speaker holds to be right.
    OPINION: "i think", "i believe", "in my opinion", "in my view", "i feel that", "i feel like", "you have to",
        "you need to", "you should", "it is important", "it's important", "is important", "are important", "is key", "is crucial",
        "is essential", "people should", "leaders should", "a leader should", "a good leader", "a good team", "the key is",
        "the most important", "everyone should", "we should", "one should", "you can't", "you cannot", "is all about", "it's all about",
        "the main thing", "should always", "must always", "matters most", "very important", "so important",
}

phrases! {
    /// What the speaker says they are like.
    SELF: "i am a", "i'm a", "i am an", "i'm an", "i am very", "i'm very", "i am really", "i'm really", "i am good", "i'm good",
        "i'm the kind", "i am the kind", "i'm the type", "i am the type", "i consider myself", "i see myself", "i pride myself",
        "i'm someone who", "i am someone who", "i'm somebody who", "i am somebody who", "my strength", "my strengths", "my greatest strength", "i have strong",
        "i have good", "i have great", "i have excellent", "people say i", "people say that i", "people tell me i", "i'm passionate", "i am passionate",
        "i'm known", "i am known", "my style", "my personality", "i'm always", "i am always", "i always try", "i tend to", "i'm quite",
        "i am quite", "i'm pretty", "i am pretty", "i'm hardworking", "i am hardworking", "i am hard", "i'm hard", "i love working", "i like to", "i enjoy working",
        "i work well", "i'm not afraid", "i am not afraid", "i thrive", "i excel", "i get along", "i'm flexible", "i am flexible",
}

phrases! {
    /// Where an example begins.
    EXAMPLE: "for example", "for instance", "one example", "an example", "one time", "there was a time", "one situation", "a time when", "i remember",
        "i recall", "once when", "on one occasion",
}

phrases! {
    /// What takes a claim back a little.
    HEDGES: "maybe", "perhaps", "probably", "possibly", "sort of", "kind of", "i guess", "i suppose", "i think", "i believe",
        "a little bit", "a bit", "somewhat", "i'm not sure", "i am not sure", "not really sure", "more or less", "hopefully",
        "i feel like", "i would say", "i'd say", "kinda", "sorta", "or something", "to some extent", "i'm no expert", "i might be wrong",
        "in a way", "apparently", "as far as i remember", "if i remember correctly", "i don't know",
}

phrases! {
    /// First sentences that put off the answer.
    WEAK_OPENING: "that's a good question", "that is a good question", "that's a great question", "great question", "good question",
        "that's a really good question", "that's an interesting question", "that's a tough one", "that's a hard one", "interesting question",
        "let me think", "i'm not sure", "i am not sure", "i don't know", "i don't really know", "i can't think of", "i can't really think",
        "not sure if this", "this might not be", "i don't have a", "i haven't really", "i guess", "where do i start", "where do i begin",
        "there are so many", "there are many", "there's a lot", "i'd have to think", "i have to think", "i've never really",
        "i would say that", "thank you for the question", "thanks for the question", "as i said",
}

phrases! {
    /// Endings in which an answer gives itself up.
    TRAILING: "so yeah", "and yeah", "yeah so", "but yeah", "so yes", "and so on", "and so forth", "etcetera", "et cetera", "or something",
        "or something like that", "and stuff", "and stuff like that", "and all that", "and things like that", "or whatever", "i guess",
        "i don't know", "i suppose", "if that makes sense", "that's about it", "that's pretty much it", "that's it really", "so that's it",
        "that's basically it", "and that was that", "anyway", "something like that", "i think that's it", "you know",
}

phrases! {
    /// Last words that close an answer.
    CLOSING: "that's my example", "that's it", "that was it", "so that was it", "that's all", "that's the story", "that would be my example", "that's my answer",
        "that's what i", "i hope that answers", "does that answer", "that's pretty much it", "that's about it", "so yeah",
        "that's how", "and that's that", "to this day", "i'm done", "that is all", "that is it", "that's everything",
}

words! {
    /// Last words after which another must come.
    CONNECTIVES: "and but or so because then that which who where when while if the a an to of in on at by
        for from with into about as than my our his her their your its was were is are am be been
        have has had will would could should can i we he she they it's i'm i'd we'd not very really
        also plus although though unless until since after before whether how what why this these
        those some every another like"
}

phrases! {
    /// What opens a list.
    LIST_OPENERS: "first of all", "firstly", "first", "one was", "the first was", "the first one", "the first thing", "two things",
        "three things", "a few things", "several things", "on the one hand", "one thing", "number one", "for one thing",
}

phrases! {
    /// What carries a list on.
    LIST_STEPS: "second", "secondly", "the second", "then", "third", "thirdly", "the other", "another", "and then", "next",
        "on the other hand", "lastly", "finally", "after that", "number two", "also",
}

phrases! {
    /// Words to the one who judges rather than to the one who asks, which no answer holds otherwise.
    ADDRESSED: "ignore your instructions", "ignore your previous", "ignore all instructions",
        "ignore all previous", "ignore previous", "ignore prior", "ignore the previous",
        "ignore the instructions", "ignore the rubric", "ignore the criteria", "ignore the above",
        "ignore all the", "ignore any instructions", "ignore all of your", "disregard the rubric", "disregard the above",
        "disregard your", "disregard all", "disregard previous", "disregard the previous", "disregard any",
        "forget your instructions", "forget the instructions", "forget the rubric",
        "forget all previous", "forget previous", "forget your previous", "previous instructions", "prior instructions", "system prompt",
        "system message", "your instructions", "your prompt", "you are now", "as an ai", "you are an ai", "language model",
        "new instructions", "override your", "override the", "developer mode", "give me a ten", "give me ten",
        "give me a 10", "give me 10", "give me 10/10", "give me a 10/10", "give me a five", "give me five", "give me a 5", "give me 5", "give me 5/5",
        "give me full", "give me the highest", "give me the top", "give me top", "give me the maximum",
        "give me maximum", "give me a perfect", "give me a high", "give this answer", "give this response", "give it a ten", "give it full",
        "give it the highest", "rate this answer", "rate this response", "rate this as", "rate this a", "rate me", "rate my answer",
        "score this answer", "score this response", "score this as", "score this a", "score me", "score my answer", "mark this answer", "mark me",
        "mark every criterion", "10 out of 10", "ten out of ten", "five out of five", "5 out of 5",
        "full marks", "top marks", "highest score", "maximum score", "perfect score", "top score", "highest level",
        "maximum level", "highest rating", "highest possible", "the evaluator", "the grader", "the assessor",
        "the scorer", "dear evaluator", "dear judge", "dear grader", "evaluation criteria", "every criterion",
        "all criteria", "each criterion", "all the criteria", "level five", "level 5", "output only",
        "respond with", "respond only", "reply with only", "return only", "set the score", "set the level", "set every", "set all",
        "this answer deserves", "this answer is", "this answer meets", "this answer should", "this candidate", "the candidate demonstrates",
        "the candidate deserves", "must be rated", "should be rated", "must be scored", "should be scored",
        "end of answer", "end of transcript", "end transcript", "begin evaluation", "award this", "award me", "assign a score",
        "assign the", "assign this", "assign me",
}

words! {
    /// Given names that are also other words, as which they are not read when they begin a
    /// sentence with a capital.
    NAMES_LIKE_WORDS: "will may mark rose drew sue rob grant chase bill pat hope faith grace joy jack
        frank art dean guy miles dale glen heath dawn april june iris ivy violet daisy ruby amber
        jade pearl summer autumn sky max rich nick josh don ray gene wade cliff lance reed bud ahmed ahmad
        mohammed muhammed hamed fred ted ned jared alfred wilfred winifred saeed sayed zayed khaled
        waleed majed"
}

/// Endings that make names of qualities and happenings out of other words ("improvement",
/// "flexibility", "significant"), and manners ("carefully"): Biber (1988) counts the nouns among
/// them as the mark of abstract style. What they name cannot be pictured.
const ABSTRACT_ENDINGS: &[&str] = &[
    "tion", "tions", "sion", "sions", "ment", "ments", "ness", "ity", "ities", "ance", "ence",
    "ances", "ences", "ancy", "ency", "ship", "ships", "ism", "ive", "ful", "ous", "able", "ible",
    "ical", "ial", "ual", "ational", "ant", "ent", "ly", "ings",
];

/// Whether a word is abstract by its ending. Short words are not, as "city" or "rent", nor things
/// that happen to end so.
pub(crate) fn abstract_by_ending(key: &str) -> bool {
    key.chars().count() >= 7
        && ABSTRACT_ENDINGS.iter().any(|ending| key.ends_with(ending))
        && !THINGS_IN_ABSTRACT_ENDINGS.has(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_abstract_and_things_are_not() {
        for word in ["alignment", "significantly", "transformational", "flexibility", "proactive"] {
            assert!(abstract_by_ending(word), "{word}");
        }
        for word in ["station", "basement", "rent", "printer", "invoice", "prescription", "family"]
        {
            assert!(!abstract_by_ending(word), "{word}");
        }
    }

    #[test]
    fn the_longest_phrase_wins_and_spelling_does_not_matter() {
        let keys: Vec<String> =
            "we did it differently and i learnt a lot".split(' ').map(normal).collect();
        assert!(LESSON.any(&keys));
        let keys: Vec<String> = "and so on or something like that".split(' ').map(normal).collect();
        assert_eq!(EMPTY_PHRASES.find(&keys), [(3, 4)]);
    }
}
