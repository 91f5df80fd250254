package symphony.nlp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoService;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Example;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.ModelVersion;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.SentenceEncoder;
import symphony.api.nlp.TrainedModel;
import symphony.api.nlp.TrainingProgress;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.scheduler.Timer;
import symphony.component.Excerpt;
import symphony.component.Guard;

/** Trains, keeps and uses models, for whoever may. Thread-safe. */
public final class NlpEngine {
    /*
     * A change is asked for, prepared, audited, written and used, in this order: what is not in the audit trail was not done, and
     * what is used is what a restart finds. One change of the store at a time; recognising waits for none. Whoever wants to know
     * which models are active is told when the monitor is left: what is done then, as the registration of a service, runs others.
     */
    private static final Logger log = LoggerFactory.getLogger(NlpEngine.class);
    static final String DOMAIN = "nlp";
    private static final String ACTIVATE = "activate";
    private static final String EVALUATE = "evaluate";
    private static final String ALL = "models";
    private static final String EXAMPLES = "examples";
    private static final String HASH = "hash";
    private static final String STEP = "step";
    private static final String VERSION = "version";

    /** Of what this does by itself nobody is asked. */
    private static final Decision NOBODYS = new Decision(true, "");

    /** Of what others say. */
    private static final int MOST_CHARS = 300;

    private final ModelFiles files;
    private final Guard guard;
    private final InstantSource clock;
    private final ThreadFactory threads;
    private final Consumer<String> activated;
    private final Operations operations;
    private final ActiveModels active = new ActiveModels();
    private final Queue<String> untold = new ConcurrentLinkedQueue<>();
    private final ReentrantLock training = new ReentrantLock();
    private volatile int trainingThreads;

    /** Written by whoever has the lock above. */
    private volatile Optional<ModelTrainer> running = Optional.empty();

    private volatile boolean closed;

    private NlpEngine(
            ModelFiles files,
            Guard guard,
            InstantSource clock,
            ThreadFactory threads,
            Consumer<String> activated,
            Operations operations,
            NlpSettings settings) {
        this.files = files;
        this.guard = guard;
        this.clock = clock;
        this.threads = threads;
        this.activated = activated;
        this.operations = operations;
        this.trainingThreads = settings.threads();
    }

    /**
     * Makes one; no model is active yet.
     *
     * @param folder of the models; made when it is needed
     * @param crypto seals them
     * @param timer of the time limits
     * @param guard is asked and told
     * @param clock tells when a model was stored
     * @param random makes keys
     * @param threads makes threads of trainings
     * @param activated told the name of a model each time that another version of it is active, or none any more; no lock is held
     * @param settings what is configured
     * @return the engine
     */
    static NlpEngine of(
            Path folder,
            CryptoService crypto,
            Timer timer,
            Guard guard,
            InstantSource clock,
            SecureRandom random,
            ThreadFactory threads,
            Consumer<String> activated,
            NlpSettings settings) {
        var files = new ModelFiles(folder, crypto);
        var operations = new Operations(guard, timer, new TextHash(textKey(files, random)), settings.limits());
        return new NlpEngine(files, guard, clock, threads, activated, operations, settings);
    }

    /** Where it cannot be read or kept, one of this process only: recognising matters more than comparing over restarts. */
    private static byte[] textKey(ModelFiles files, SecureRandom random) {
        try {
            return files.textKey(random);
        } catch (IOException | RuntimeException e) {
            log.warn(
                    "{}: the key of the hashes in the audit trail cannot be had ({}); until the next start another one is used;"
                            + " remove text.key from the models' folder if it is damaged",
                    NlpSettings.PID,
                    e.toString());
            byte[] key = new byte[TextHash.KEY_BYTES];
            random.nextBytes(key);
            return key;
        }
    }

    void apply(NlpSettings settings) {
        operations.apply(settings.limits());
        trainingThreads = settings.threads();
    }

    /**
     * Stores the model that comes along and uses it, unless there ever was one of its name. A model of somebody's own is never
     * replaced by it, nor one that was deleted.
     */
    void addStarter() {
        synchronized (this) {
            addStarterAlone();
        }
        tell();
    }

    private void addStarterAlone() {
        String model = NlpSettings.DEFAULT_MODEL;
        try {
            if (files.manifest(model).next() != Manifest.EMPTY.next()) {
                return;
            }
            byte[] bytes = StarterModel.bytes();
            checkTrusted(model, hash(bytes)); // before it is stored: else it would be there, and never used
            IntentModel starter = ModelFormat.read(bytes);
            var asked = new Asked(NlpSettings.PID, "add", NOBODYS);
            int version = add(
                            model,
                            starter,
                            starter.examples(),
                            (number, hash, step) -> audited(asked, model, number, hash, step))
                    .version();
            Manifest manifest = files.manifest(model);
            use(new Asked(NlpSettings.PID, ACTIVATE, NOBODYS), model, version, manifest, manifest.activated(version));
        } catch (AccessUndecidedException e) { // tried again when access control comes, or decides
            if (active.holdBack(model, e.getMessage())) {
                log.info("{}: model {} waits for access control, {}", NlpSettings.PID, model, e.getMessage());
            }
        } catch (AccessDeniedException e) {
            if (active.holdBack(model, notGranted(e.permission()))) {
                log.info("{}: the model that comes along is not used, {}", NlpSettings.PID, e.getMessage());
            }
        } catch (IOException | RuntimeException e) {
            log.warn(
                    "{}: the model that comes along cannot be used ({}); train one of your own, or set starter to false",
                    NlpSettings.PID,
                    e.toString());
        }
    }

    /**
     * Reads all models that were active before, and are not yet. One that cannot be read does not keep the others from it.
     */
    void loadActive() {
        synchronized (this) {
            loadActiveAlone();
        }
        tell();
    }

    private void loadActiveAlone() {
        try {
            for (String model : files.models()) {
                loadActive(model);
            }
        } catch (IOException e) {
            log.error(
                    "{}: the models' folder cannot be read ({}); see to it, and restart",
                    NlpSettings.PID,
                    e.toString());
        }
    }

    private void loadActive(String model) {
        if (active.names().contains(model)) {
            return;
        }
        try {
            Manifest manifest = files.manifest(model);
            if (manifest.inUse().isPresent()) {
                int version = manifest.inUse().get();
                String hash = entry(manifest, model, version).hash();
                checkTrusted(model, hash); // before anything of it is read
                nowActive(model, version, hash, ModelFormat.read(bytes(manifest, model, version)));
            }
        } catch (AccessUndecidedException e) { // looked at again when access control comes, or decides
            if (active.holdBack(model, e.getMessage())) {
                log.info("{}: model {} waits for access control, {}", NlpSettings.PID, model, e.getMessage());
            }
        } catch (AccessDeniedException e) {
            if (active.holdBack(model, notGranted(e.permission()))) {
                log.error(
                        "{}: model {} cannot be used ({}); grant that, or activate another version",
                        NlpSettings.PID,
                        model,
                        e.getMessage());
            }
        } catch (IOException | RuntimeException e) {
            if (active.holdBack(model, e + "; activate another version, or train it anew")) {
                log.error(
                        "{}: model {} cannot be used ({}); activate another version, or train it anew",
                        NlpSettings.PID,
                        model,
                        e.toString());
            }
        }
    }

    private static String notGranted(String permission) {
        return "the policy does not grant " + NlpSettings.PID + " the permission " + permission
                + "; grant it, or activate another version";
    }

    /**
     * Access control may decide otherwise now: models that are no longer allowed are no longer used, and those that waited for it
     * are read.
     */
    void accessChanged() {
        synchronized (this) {
            loadActiveAlone();
            active.names().forEach(this::holdBackIfDenied);
        }
        tell();
    }

    /** Where nobody decides now it stays: requests are not allowed either then. */
    private void holdBackIfDenied(String model) {
        String instance = model + '/' + active.hash(model).orElseThrow();
        if (guard.askForItself(NlpSettings.PID, DOMAIN, "use", instance) == Guard.Answer.NO) {
            active.holdBack(model, notGranted(DOMAIN + ":use:" + instance));
            untold.add(model);
            log.warn(
                    "{}: model {} is no longer used, since the policy does not grant nlp:use:{}; grant that, or activate another"
                            + " version",
                    NlpSettings.PID,
                    model,
                    instance);
        }
    }

    private void nowActive(String model, int version, String hash, IntentModel read) {
        active.put(model, version, hash, read);
        untold.add(model);
        log.info("{}: model {} is active, version {}", NlpSettings.PID, model, version);
        tellIfNotEncoded(model);
    }

    /** Never under the monitor; each change once, by whoever is first. */
    private void tell() {
        String model = untold.poll();
        while (model != null) {
            activated.accept(model);
            model = untold.poll();
        }
    }

    /** Operations in the name that is bound to the thread. */
    NlpOperations operations() {
        return new ContextOperations(operations);
    }

    /** A recogniser for one bundle. */
    IntentRecognizer recognizer(String caller, String model) {
        return new StoredRecognizer(
                new OwnedOperations(operations, caller), model, utterance -> active.recognize(model, utterance));
    }

    /** The same with the encoder, for models that were trained with it. */
    IntentRecognizer encodedRecognizer(String caller, String model) {
        return new StoredRecognizer(
                new OwnedOperations(operations, caller), model, utterance -> active.recognizeEncoded(model, utterance));
    }

    /** Whether a model was trained with the encoder that there is. */
    boolean isEncoded(String model) {
        return active.isEncoded(model);
    }

    /** From now on it is trained and recognised with this, if it can be. */
    void use(SentenceEncoder encoder) {
        try {
            var used = UsedEncoder.of(encoder);
            active.use(used);
            log.info("{}: models are trained with sentence encoder {}", NlpSettings.PID, used.id());
            active.names().forEach(this::tellIfNotEncoded);
        } catch (RuntimeException | LinkageError e) { // it is anybody's
            log.warn(
                    "{}: sentence encoder {} cannot be used ({}); intents are recognised without it",
                    NlpSettings.PID,
                    encoder.getClass().getName(),
                    Excerpt.of(e, MOST_CHARS));
        }
    }

    /** From now on without, unless another one came before this one left. */
    void useNoLonger(SentenceEncoder encoder) {
        active.useNoLonger(encoder);
    }

    private void tellIfNotEncoded(String model) {
        active.encoder()
                .filter(encoder -> !active.isEncoded(model))
                .ifPresent(encoder -> log.info(
                        "{}: model {} was trained without sentence encoder {}; train it anew to use that",
                        NlpSettings.PID,
                        model,
                        encoder.id()));
    }

    Set<String> activeModels() {
        return active.names();
    }

    IntentTrainer trainer(String caller) {
        return new CallerTrainer(this, caller);
    }

    ModelStore store(String caller) {
        return new CallerModelStore(this, caller);
    }

    TrainedModel train(
            String caller,
            String model,
            List<Example> examples,
            List<Example> validation,
            long seed,
            TrainingProgress progress)
            throws InterruptedException {
        Asked asked = ask(caller, "train", model);
        var begin = Map.of(EXAMPLES, Integer.toString(examples.size()), STEP, "begin");
        record(asked, model, Outcome.DONE, begin);
        try {
            var warnings = new ArrayList<String>(TrainingCheck.check(model, examples, validation));
            long begun = System.nanoTime();
            training.lockInterruptibly();
            try {
                IntentModel trained = trained(model, examples, validation, seed, progress, warnings);
                ModelVersion version = add(model, trained, examples.size(), (number, hash, step) -> {
                    record(asked, model, Outcome.DONE, detailsOfEnd(number, hash));
                    step.run();
                });
                return new TrainedModel(
                        version, warnings, trained.heldOutAccuracy(), Duration.ofNanos(System.nanoTime() - begun));
            } finally {
                training.unlock();
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            recordFailure(asked, model, begin, e);
            throw e;
        }
    }

    private IntentModel trained(
            String model,
            List<Example> examples,
            List<Example> validation,
            long seed,
            TrainingProgress progress,
            List<String> warnings)
            throws InterruptedException {
        Optional<SentenceEncoder> encoder = active.encoder();
        var trainer = new ModelTrainer(trainingThreads, threads);
        running = Optional.of(trainer);
        try {
            checkOpen(model);
            IntentModel trained = trainer.train(examples, validation, encoder.orElse(null), seed, progress);
            encoder.filter(failed -> trained.encoded().isEmpty())
                    .ifPresent(
                            failed -> warnings.add(
                                    "sentence encoder " + failed.id()
                                            + " failed or left, as the log says, so the model recognises without it; train it anew to use it"));
            return trained;
        } catch (RuntimeException e) {
            checkOpen(model); // what failed is that it was ended
            throw e;
        } finally {
            running = Optional.empty();
        }
    }

    private void checkOpen(String model) {
        if (closed) {
            throw new ModelException(NlpSettings.PID + " stops: model " + model
                    + " is neither trained nor changed; do so when it is back");
        }
    }

    /**
     * Begins nothing any more, ends the training that runs, and waits for what is being written. Recognising goes on for whoever
     * has begun.
     *
     * @param most how long a training may take to end
     */
    void close(Duration most) {
        closed = true;
        running.ifPresent(ModelTrainer::stop);
        try {
            if (training.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
                training.unlock();
            } else {
                log.warn("{}: a training has not ended within {}; what it makes is not stored", NlpSettings.PID, most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            log.debug("{}: nothing is written any more", NlpSettings.PID);
        }
    }

    private static Map<String, String> detailsOfEnd(int version, String hash) {
        return Map.of(VERSION, Integer.toString(version), HASH, hash, STEP, "end");
    }

    /** Has a version audited, then stored. */
    private interface Audited {
        void run(int version, String hash, Step step) throws IOException;
    }

    private ModelVersion add(String model, IntentModel trained, int examples, Audited audited) {
        byte[] bytes = readable(model, trained);
        synchronized (this) {
            return add(model, trained, bytes, examples, audited);
        }
    }

    /** What is stored can be used: a format has limits that a training does not know. */
    private static byte[] readable(String model, IntentModel trained) {
        byte[] bytes = ModelFormat.write(trained);
        if (bytes.length > ModelFormat.MOST_BYTES) {
            throw new ModelException("model " + model + " would have " + bytes.length + " bytes, must have "
                    + ModelFormat.MOST_BYTES + " at most; train it with fewer or shorter examples");
        }
        try {
            ModelFormat.read(bytes);
        } catch (ModelFormatException e) {
            throw new ModelException(
                    "model " + model + " cannot be stored: " + e.getMessage()
                            + "; train it with fewer or shorter examples, or without a sentence encoder",
                    e);
        }
        return bytes;
    }

    private ModelVersion add(String model, IntentModel trained, byte[] bytes, int examples, Audited audited) {
        return changing(model, manifest -> {
            if (manifest.entries().size() >= Manifest.MOST_VERSIONS) {
                throw new ModelException("model " + model + " has " + Manifest.MOST_VERSIONS
                        + " versions, which is the most; delete some");
            }
            int version = manifest.next();
            String hash = hash(bytes);
            audited.run(version, hash, () -> {
                int key = files.write(model, version, bytes);
                files.write(
                        model,
                        manifest.with(new Manifest.Entry(
                                version, hash, clock.millis(), trained.intents().size(), examples, bytes.length, key)));
            });
            return version;
        });
    }

    private static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(Digests.sha256(bytes, bytes.length));
    }

    Evaluation evaluate(
            String caller, String model, List<Example> examples, List<String> outOfScope, TrainingProgress progress)
            throws InterruptedException {
        Asked asked = ask(caller, EVALUATE, model);
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no examples to evaluate model " + model + " by");
        }
        var details = Map.of(EXAMPLES, Integer.toString(examples.size() + outOfScope.size()));
        record(asked, model, Outcome.DONE, details);
        try {
            return Evaluator.evaluate(
                    utterance -> active.recognizeEncoded(model, utterance), examples, outOfScope, progress);
        } catch (InterruptedException | RuntimeException | Error e) {
            recordFailure(asked, model, details, e);
            throw e;
        }
    }

    /** Nothing is waited for: a shell lists them as it completes a line. */
    List<ModelVersion> models(String caller) {
        Asked asked = ask(caller, "list", ALL);
        guard.submit(caller, DOMAIN + ":list", ALL, Outcome.DONE, Map.of(), asked.decision);
        return models(asked);
    }

    private synchronized List<ModelVersion> models(Asked asked) {
        try {
            var all = new ArrayList<ModelVersion>();
            for (String model : files.models()) {
                all.addAll(files.manifest(model).views(model));
            }
            return Collections.unmodifiableList(all);
        } catch (IOException e) {
            recordFailure(asked, ALL, Map.of(), e);
            throw new ModelException("the models cannot be listed: " + e.getMessage(), e);
        }
    }

    ModelVersion activate(String caller, String model, int version) {
        Asked asked = ask(caller, ACTIVATE, model);
        return using(model, manifest -> {
            use(asked, model, version, manifest, manifest.activated(version));
            return version;
        });
    }

    /** A change of what is active, of which others are told. */
    private ModelVersion using(String model, Change change) {
        ModelVersion used;
        synchronized (this) {
            used = changing(model, change);
        }
        tell();
        return used;
    }

    ModelVersion rollback(String caller, String model) {
        Asked asked = ask(caller, "rollback", model);
        return using(model, manifest -> {
            Manifest before = manifest.inUse().isPresent() ? manifest.rolledBack() : manifest;
            int version = before.inUse()
                    .orElseThrow(() -> new ModelException(
                            "no version of model " + model + " was active before; activate one by its number"));
            use(asked, model, version, manifest, before);
            return version;
        });
    }

    /** Reads and checks it first. */
    private void use(Asked asked, String model, int version, Manifest manifest, Manifest changed) throws IOException {
        byte[] bytes = bytes(manifest, model, version);
        String hash = hash(bytes);
        checkTrusted(model, hash);
        IntentModel read = ModelFormat.read(bytes);
        audited(asked, model, version, hash, () -> files.write(model, changed));
        nowActive(model, version, hash, read);
    }

    /** Where there is access control the policy names models that may be used, by their hashes. */
    private void checkTrusted(String model, String hash) {
        guard.checkForItself(NlpSettings.PID, DOMAIN, "use", model + '/' + hash);
    }

    synchronized void delete(String caller, String model, int version) {
        Asked asked = ask(caller, "delete", model);
        changing(model, manifest -> {
            String hash = entry(manifest, model, version).hash();
            if (manifest.inUse().filter(used -> used == version).isPresent()) {
                throw new ModelException("version " + version + " of model " + model
                        + " is active and stays; activate another one first");
            }
            audited(asked, model, version, hash, () -> {
                files.write(model, manifest.without(version));
                files.delete(model, version);
            });
            return version;
        });
    }

    void export(String caller, String model, int version, OutputStream to) throws IOException {
        Asked asked = ask(caller, "export", model);
        byte[] bytes = read(model, version);
        audited(asked, model, version, hash(bytes), () -> to.write(bytes));
    }

    private synchronized byte[] read(String model, int version) {
        try {
            return bytes(files.manifest(model), model, version);
        } catch (IOException e) {
            throw unreadable(model, e);
        }
    }

    /** The very bytes that were stored. */
    private byte[] bytes(Manifest manifest, String model, int version) throws IOException {
        String wanted = entry(manifest, model, version).hash();
        byte[] bytes = files.model(model, version);
        if (!wanted.equals(hash(bytes))) {
            throw new IOException("version " + version + " is another one than was stored");
        }
        return bytes;
    }

    private static Manifest.Entry entry(Manifest manifest, String model, int version) {
        return manifest.entry(version)
                .orElseThrow(() -> new ModelException("model " + model + " has no version " + version));
    }

    /** A change of a model's manifest; gives the version that it is about. */
    private interface Change {
        int apply(Manifest manifest) throws IOException;
    }

    private ModelVersion changing(String model, Change change) {
        checkOpen(model);
        try {
            Manifest before = files.manifest(model);
            int version = change.apply(before);
            Manifest after = files.manifest(model);
            return after.view(
                    model, after.entry(version).or(() -> before.entry(version)).orElseThrow());
        } catch (IOException e) {
            throw unreadable(model, e);
        }
    }

    private static ModelException unreadable(String model, IOException e) {
        return new ModelException(
                "model " + model + " cannot be read or written: " + e.getMessage()
                        + "; see to its folder, delete what is damaged, and train it anew",
                e);
    }

    /** What is done once it is audited. */
    private interface Step {
        void run() throws IOException;
    }

    private void audited(Asked asked, String model, int version, String hash, Step step) throws IOException {
        var details = Map.of(VERSION, Integer.toString(version), HASH, hash);
        record(asked, model, Outcome.DONE, details);
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            recordFailure(asked, model, details, e);
            throw e;
        }
    }

    /** Who wants what, and what was decided about that. */
    private record Asked(String caller, String action, Decision decision) {}

    private Asked ask(String caller, String action, String instance) {
        return new Asked(caller, action, guard.check(caller, DOMAIN, action, instance));
    }

    private void record(Asked asked, String target, Outcome outcome, Map<String, String> details) {
        guard.record(asked.caller, DOMAIN + ':' + asked.action, target, outcome, details, asked.decision);
    }

    private void recordFailure(Asked asked, String target, Map<String, String> details, Throwable failure) {
        var told = new HashMap<>(details);
        told.put("failure", failure.getClass().getName());
        told.computeIfPresent(STEP, (step, begin) -> "end");
        try {
            record(asked, target, Outcome.FAILED, told);
        } catch (RuntimeException notAudited) {
            failure.addSuppressed(notAudited);
        }
    }

    /** How much is sealed with a key: models, manifests, and the key of the hashes in the audit trail. */
    synchronized long count(int keyId) throws IOException {
        long count = files.keyOfTextKey().filter(key -> key == keyId).stream().count();
        for (String model : files.models()) {
            count += files.keyOfManifest(model).filter(key -> key == keyId).stream()
                    .count();
            count += files.manifest(model).entries().stream()
                    .filter(entry -> entry.keyId() == keyId)
                    .count();
        }
        return count;
    }
}
