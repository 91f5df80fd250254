package symphony.it.container;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.nlp.Example;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.SentenceEncoder;
import symphony.api.nlp.TrainingProgress;
import symphony.it.handler.OwnRecognizer;
import symphony.it.handler.OwnRecognizerActivator;

/** Utterances, models, recognisers of applications and the sentence encoder, while bundles come and go. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class IntentsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String NLP = "symphony.nlp";
    private static final String OWN = "it.own";

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    private final List<Bundle> installed = new ArrayList<>();

    /** What came out of each utterance, by its number. */
    private final Map<Integer, List<String>> intents = new ConcurrentHashMap<>();

    private ServiceRegistration<EventHandler> handler;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(IntentsIT.class));
    }

    @Before
    public void listen() {
        EventHandler told = delivery -> intents.computeIfAbsent(
                        number(delivery.getString("text")), key -> new CopyOnWriteArrayList<>())
                .add(delivery.getString("intent") + ' ' + delivery.getString("version"));
        handler = context.registerService(
                EventHandler.class,
                told,
                new Hashtable<>(Map.of("symphony.topics", new String[] {"nlp/intent/*"}, "symphony.capacity", 10_000)));
        await().atMost(DEADLINE).until(() -> !recognizers("default").isEmpty());
    }

    @After
    public void remove() throws BundleException {
        handler.unregister();
        for (Bundle bundle : installed) {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
    }

    private void say(int number) {
        events.publish(Event.on("nlp/utterance")
                        .with("text", "please turn on the lights " + number)
                        .build())
                .orThrow();
    }

    private Collection<ServiceReference<IntentRecognizer>> recognizers(String model) {
        try {
            return context.getServiceReferences(
                    IntentRecognizer.class, "(" + IntentRecognizer.MODEL + '=' + model + ')');
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }

    private <S> S service(Class<S> type) {
        await().atMost(DEADLINE).until(() -> context.getServiceReference(type) != null);
        return context.getService(context.getServiceReference(type));
    }

    private List<String> answers(int number) {
        await().atMost(DEADLINE).until(() -> intents.containsKey(number));
        return intents.get(number);
    }

    private static byte[] ownRecognizer(String version) {
        return HandlerJar.of(
                OwnRecognizerActivator.class,
                OWN,
                Map.of(
                        "Bundle-Version",
                        version,
                        "Import-Package",
                        "org.osgi.framework,symphony.api.nlp;version=\"[1.0,2)\""),
                OwnRecognizer.class);
    }

    private Bundle install(String version) throws BundleException {
        Bundle bundle = context.installBundle("it:" + OWN, new ByteArrayInputStream(ownRecognizer(version)));
        installed.add(bundle);
        bundle.start();
        return bundle;
    }

    // ---- tests ----

    @Test
    public void utterancesAreRecognisedBeforeAndAfterARestart() throws Exception {
        say(1);
        assertEquals(List.of("lights-on 1"), answers(1));
        bundle(NLP).stop();
        assertTrue(recognizers("default").isEmpty());
        say(2); // waits, or is refused while nobody listens
        bundle(NLP).start();
        await().atMost(DEADLINE).until(() -> !recognizers("default").isEmpty());
        say(3);
        assertEquals(List.of("lights-on 1"), answers(3));
    }

    @Test
    public void aRecogniserThatIsDroppedInIsAskedInPlaceOfTheModel() throws Exception {
        Bundle own = install("1.0.0");
        say(1);
        assertEquals(List.of("own 1.0.0"), answers(1));
        own.update(new ByteArrayInputStream(ownRecognizer("2.0.0")));
        say(2);
        assertEquals(List.of("own 2.0.0"), answers(2));
        own.stop();
        say(3);
        assertEquals(List.of("lights-on 1"), answers(3));
    }

    @Test
    public void eachUtteranceHasOneIntentWhileRecognisersComeAndGo() throws Exception {
        var ended = new AtomicBoolean();
        var published = new AtomicInteger();
        List<FutureTask<Void>> publishers = IntStream.range(0, 2)
                .mapToObj(i -> new FutureTask<Void>(() -> {
                    while (!ended.get()) {
                        int number = published.incrementAndGet();
                        say(number);
                        int behind = number - 200; // so that all waits in memory
                        await().atMost(DEADLINE)
                                .pollInterval(1, TimeUnit.MILLISECONDS)
                                .until(() -> behind < 1 || intents.containsKey(behind));
                    }
                    return null;
                }))
                .toList();
        publishers.forEach(each -> new Thread(each).start());
        Bundle own = install("1.0.0");
        for (int round = 2; round <= 30; round++) {
            int seen = published.get();
            await().atMost(DEADLINE).until(() -> published.get() > seen + 10);
            if (round % 3 == 0) {
                own.stop();
                own.start();
            } else {
                own.update(new ByteArrayInputStream(ownRecognizer(round + ".0.0")));
            }
        }
        own.uninstall();
        int last = published.get();
        await().atMost(DEADLINE).until(() -> published.get() > last + 10);
        ended.set(true);
        for (FutureTask<Void> publisher : publishers) {
            publisher.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
        await().atMost(DEADLINE).until(() -> intents.size() == published.get());
        Set<String> kinds = ConcurrentHashMap.newKeySet();
        intents.forEach((number, answers) -> {
            assertEquals("of utterance " + number + ": " + answers, 1, answers.size());
            kinds.add(answers.get(0).substring(0, answers.get(0).indexOf(' ')));
        });
        assertEquals(Set.of("own", "lights-on"), kinds);
    }

    /** A word that is in the examples, in the intents' names, and so in a model. */
    private static final String SECRET = "zanzibar";

    private static final List<Example> EXAMPLES = IntStream.range(0, 20)
            .mapToObj(i -> i % 2 == 0
                    ? new Example("book_" + SECRET, "take me to " + SECRET + " on day " + i)
                    : new Example("stay_home", "no journey for me on day " + i))
            .toList();

    @Test
    public void noModelIsOnDiskAsPlaintextNotEvenForAMoment() throws Exception {
        Path home = Path.of(context.getProperty("symphony.home"));
        var ended = new AtomicBoolean();
        var found = new ConcurrentHashMap<Path, String>();
        var scans = new AtomicInteger();
        var sealed = ConcurrentHashMap.<String>newKeySet();
        var watch = new FutureTask<Void>(() -> {
            while (!ended.get()) {
                look(home, found, sealed);
                scans.incrementAndGet();
            }
            return null;
        });
        new Thread(watch).start();
        IntentTrainer trainer = service(IntentTrainer.class);
        ModelStore store = service(ModelStore.class);
        for (int version = 1; version <= 20; version++) {
            trainer.train("travel", EXAMPLES, List.of(), version, TrainingProgress.NONE);
            store.activate("travel", version);
            store.export("travel", version, new ByteArrayOutputStream());
        }
        store.rollback("travel");
        store.delete("travel", 20);
        bundle(NLP).stop();
        bundle(NLP).start();
        await().atMost(DEADLINE).until(() -> !recognizers("travel").isEmpty());
        int seen = scans.get();
        await().atMost(DEADLINE).until(() -> watch.isDone() || scans.get() > seen + 1);
        ended.set(true);
        watch.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertEquals(Map.of(), found);
        assertTrue(sealed.toString(), sealed.containsAll(Set.of("manifest", "1.model", "19.model")));
    }

    private static void look(Path home, Map<Path, String> found, Set<String> sealed) throws IOException {
        List<Path> files;
        try (var all = Files.walk(home)) {
            files = all.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) { // a file went while it walked
            return;
        }
        for (Path file : files) {
            try {
                String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
                if (file.startsWith(home.resolve("models/travel"))) {
                    sealed.add(file.getFileName().toString());
                    if (bytes.contains("SYNI")) {
                        found.put(file, "a model");
                    }
                }
                if (bytes.contains(SECRET)) {
                    found.put(file, SECRET);
                }
            } catch (NoSuchFileException e) {
                continue; // it was replaced meanwhile
            }
        }
    }

    @Test
    public void aModelIsAskedByItsSentencesWhileTheEncoderIsThere() throws Exception {
        Bundle encoder = context.installBundle(Product.example("symphony.nlp.encoder"));
        installed.add(encoder);
        assertFalse(hasEncoded("home"));
        encoder.start();
        SentenceEncoder service = service(SentenceEncoder.class);
        assertEquals("bge-small-en-v1.5-q", service.id());
        List<Example> examples = new ArrayList<>();
        for (String when : List.of("", " please", " now", " in the kitchen", " for me")) {
            examples.add(new Example("lights_on", "turn on the lights" + when));
            examples.add(new Example("lights_off", "turn off the lights" + when));
            examples.add(new Example("music", "play some music" + when));
        }
        service(IntentTrainer.class).train("home", examples, List.of(), 1, TrainingProgress.NONE);
        service(ModelStore.class).activate("home", 1);
        assertTrue(hasEncoded("home"));
        assertFalse("it was trained without", hasEncoded("default"));
        assertEquals("music", best("home", "could I hear a song"));

        encoder.stop();
        assertFalse(hasEncoded("home"));
        assertEquals("lights_on", best("home", "turn on the lights"));

        encoder.start();
        await().atMost(DEADLINE).until(() -> hasEncoded("home"));
        bundle(NLP).stop();
        bundle(NLP).start();
        await().atMost(DEADLINE).until(() -> hasEncoded("home"));
        assertEquals("music", best("home", "could I hear a song"));
    }

    private boolean hasEncoded(String model) {
        return recognizers(model).stream()
                .anyMatch(each -> Integer.valueOf(10).equals(each.getProperty(Constants.SERVICE_RANKING)));
    }

    private String best(String model, String utterance) {
        ServiceReference<IntentRecognizer> best =
                recognizers(model).stream().max(ServiceReference::compareTo).orElseThrow();
        return context.getService(best).recognize(utterance).intents().get(0).name();
    }

    private static void awaitMore(AtomicInteger asked, List<FutureTask<Void>> askers) {
        int seen = asked.get();
        await().atMost(DEADLINE)
                .until(() -> asked.get() > seen + 20 || askers.stream().anyMatch(FutureTask::isDone));
    }

    @Test
    public void anEncoderThatGoesIsMissedByNobody() throws Exception {
        Bundle encoder = context.installBundle(Product.example("symphony.nlp.encoder"));
        installed.add(encoder);
        encoder.start();
        service(SentenceEncoder.class);
        service(IntentTrainer.class).train("travel2", EXAMPLES, List.of(), 1, TrainingProgress.NONE);
        service(ModelStore.class).activate("travel2", 1);
        var recognizer = context.getService(
                recognizers("travel2").stream().max(ServiceReference::compareTo).orElseThrow());
        var ended = new AtomicBoolean();
        var asked = new AtomicInteger();
        Callable<Void> asking = () -> {
            while (!ended.get()) {
                String intent = recognizer
                        .recognize("take me to " + SECRET)
                        .intents()
                        .get(0)
                        .name();
                assertEquals("book_" + SECRET, intent);
                asked.incrementAndGet();
                LockSupport.parkNanos(1_000_000); // as many as the audit trail takes, which has each of them
            }
            return null;
        };
        List<FutureTask<Void>> askers =
                IntStream.range(0, 4).mapToObj(i -> new FutureTask<>(asking)).toList();
        askers.forEach(each -> new Thread(each).start());
        for (int round = 0; round < 5; round++) {
            awaitMore(asked, askers);
            encoder.stop();
            awaitMore(asked, askers);
            encoder.start();
        }
        ended.set(true);
        for (FutureTask<Void> asker : askers) {
            asker.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
