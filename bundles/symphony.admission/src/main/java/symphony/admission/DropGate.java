package symphony.admission;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.fileinstall.ArtifactTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.AdmissionMode;
import symphony.component.Excerpt;

/**
 * Stands before File Install: what is dropped is judged, and what was judged is installed, a copy that nobody else has. Where bundles must
 * be signed a file is claimed by its name alone, as what is in it may change between two looks. Where an update is refused File Install
 * would take the bundle away; it gets what was admitted last instead, judged again, so that what runs goes on. Thread-safe.
 */
final class DropGate implements ArtifactTransformer {
    private static final Logger log = LoggerFactory.getLogger(DropGate.class);

    /** Of these File Install never makes bundles. */
    private static final List<String> NO_BUNDLES = List.of(".txt", ".xml", ".properties");

    private static final List<String> CONFIGURATIONS = List.of(".cfg", ".config", ".json");
    private static final String JAR = ".jar";
    private static final byte[] JAR_MARK = {'P', 'K', 3, 4};

    private final Gatekeeper gatekeeper;
    private final Path kept;
    private final Optional<Path> configured;

    /** @param hash its SHA-256 as it was admitted */
    private record Kept(Path copy, String hash) {}

    /** The last admitted copy of a file. */
    private final Map<Path, Kept> admitted = new ConcurrentHashMap<>();

    /** Folders where nothing is of an earlier process any more. */
    private final Set<Path> swept = ConcurrentHashMap.newKeySet();

    /**
     * Without anything admitted.
     *
     * @param kept folder for what was admitted last, of nobody else
     * @param staged where File Install will have its copies, if that is known before it asks
     * @param configured where the container has its configuration, if File Install brings that, too
     */
    DropGate(Gatekeeper gatekeeper, Path kept, Optional<Path> staged, Optional<Path> configured) {
        this.gatekeeper = gatekeeper;
        this.kept = kept;
        this.configured = configured.map(DropGate::normal);
        deleteAll(kept); // of another run: nobody knows of what they are copies
        staged.ifPresent(this::sweep);
    }

    private void sweep(Path folder) {
        if (swept.add(normal(folder))) {
            PassingFiles.deleteLeftBehind(folder);
        }
    }

    private static void deleteAll(Path folder) {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                files.forEach(PassingFiles::delete);
            } catch (IOException | DirectoryIteratorException e) {
                log.debug("{}: {} cannot be emptied", Admission.PID, folder, e);
            }
        }
    }

    @Override
    public boolean canHandle(File artifact) {
        String name = artifact.getName(); // as File Install looks at it
        if (NO_BUNDLES.stream().anyMatch(name::endsWith)) {
            return false;
        }
        if (gatekeeper.mode() == AdmissionMode.SIGNED) {
            return !isOfContainer(artifact); // configurations, too: they could configure whatever keeps others out
        }
        return name.toLowerCase(Locale.ROOT).endsWith(JAR) || beginsAsJar(artifact);
    }

    /** Who may write the container's own configuration has the process anyway, and File Install only reads it to Configuration Admin. */
    private boolean isOfContainer(File artifact) {
        Path folder = normal(artifact.toPath()).getParent();
        return configured.filter(place -> place.equals(folder)).isPresent()
                && isConfiguration(artifact.getName().toLowerCase(Locale.ROOT));
    }

    private static Path normal(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static boolean isConfiguration(String name) {
        return CONFIGURATIONS.stream().anyMatch(name::endsWith);
    }

    private static boolean beginsAsJar(File artifact) {
        try (InputStream in = Files.newInputStream(artifact.toPath())) {
            return Arrays.equals(in.readNBytes(JAR_MARK.length), JAR_MARK);
        } catch (IOException e) {
            return false; // it is looked at again
        }
    }

    @Override
    public File transform(File artifact, File folder) {
        forgetThoseGone();
        sweep(folder.toPath());
        Optional<AdmissionEngine> engine = gatekeeper.soon();
        if (engine.isEmpty()) {
            log.warn(
                    "{}: {} is refused, as nobody judges bundles; see why the component {} is not there, then touch the file",
                    Admission.PID,
                    Excerpt.printable(artifact.toString()),
                    Admission.class.getName());
            return null;
        }
        return transform(engine.get(), artifact, folder.toPath());
    }

    private File transform(AdmissionEngine engine, File artifact, Path folder) {
        Path file = artifact.toPath();
        if (isConfiguration(artifact.getName().toLowerCase(Locale.ROOT))) {
            engine.refuse(
                    file,
                    "",
                    "it is a configuration, and where only signed bundles may run nobody signs those; configure where the"
                            + " container is configured");
            return null;
        }
        Path copy = PassingFiles.in(folder);
        if (admit(engine, file, copy) || restore(engine, file, copy)) {
            return new Staged(copy);
        }
        PassingFiles.delete(copy);
        return null;
    }

    private boolean admit(AdmissionEngine engine, Path file, Path copy) {
        try {
            keep(file, copy, engine.admit(file, copy));
            return true;
        } catch (RefusedException e) {
            log.debug("{}: {} is refused", Admission.PID, file, e); // the engine says so
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            engine.refuse(file, "", "it cannot be judged: " + e + "; touch it to have it judged again");
        }
        return false;
    }

    /** File Install deletes it twice once the dropped file is gone, and would warn that it could not the second time. */
    private static final class Staged extends File {
        private static final long serialVersionUID = 1;

        Staged(Path file) {
            super(file.toString());
        }

        @Override
        public boolean delete() {
            return super.delete() || !exists();
        }
    }

    private void keep(Path file, Path copy, String hash) {
        try {
            Files.createDirectories(kept);
            Path place = kept.resolve(
                    Digests.hex(Digests.sha256().digest(file.toString().getBytes(StandardCharsets.UTF_8))) + ".jar");
            Files.copy(copy, place, StandardCopyOption.REPLACE_EXISTING);
            admitted.put(file, new Kept(place, hash));
        } catch (IOException e) {
            admitted.remove(file);
            log.warn(
                    "{}: no copy of {} could be kept in {}; if its next version is refused the bundle is taken away",
                    Admission.PID,
                    file,
                    kept,
                    e);
        }
    }

    private boolean restore(AdmissionEngine engine, Path file, Path copy) {
        Kept last = admitted.get(file);
        if (last == null) {
            return false;
        }
        try {
            engine.admitAgain(file, last.copy, last.hash, copy);
        } catch (RefusedException e) {
            log.warn(
                    "{}: what {} was before may not run any more, so the bundle is taken away: {}",
                    Admission.PID,
                    file,
                    e.getMessage());
            return false;
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            log.warn(
                    "{}: what {} was before cannot be read any more, so the bundle is taken away",
                    Admission.PID,
                    file,
                    e);
            return false;
        }
        log.warn("{}: the bundle that {} was before goes on, restarted", Admission.PID, file);
        return true;
    }

    private void forgetThoseGone() {
        admitted.entrySet().removeIf(entry -> {
            boolean gone = !Files.exists(entry.getKey());
            if (gone) {
                PassingFiles.delete(entry.getValue().copy);
            }
            return gone;
        });
    }
}
