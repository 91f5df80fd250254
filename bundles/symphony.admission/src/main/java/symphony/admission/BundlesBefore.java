package symphony.admission;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.OwnerOnly;

/**
 * The bundles that were there before this one was started for the first time: they are not judged. Which ones is kept in this bundle's own
 * part of the framework's cache, so that it lives as long as they do, and no restart makes more of them. One that was updated since is not
 * one of them any more, whatever is put in its place later, but its name stays taken until it is uninstalled. Thread-safe.
 */
final class BundlesBefore {
    /** @param modified when it was installed or updated last, as the framework tells it; {@link #NEVER} if it was updated since */
    private record Known(String symbolicName, long modified, String location) {
        Known updated() {
            return new Known(symbolicName, NEVER, location);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(BundlesBefore.class);
    private static final long NEVER = -1;
    private static final int FIELDS = 4;

    private final Optional<Path> file;
    private final Map<Long, Known> known = new ConcurrentHashMap<>();

    /** Whether the file says what is known. Guarded by this monitor. */
    private boolean kept = true;

    private BundlesBefore(Optional<Path> file) {
        this.file = file;
    }

    /**
     * Reads them, or writes down those that are there now.
     *
     * @param file where; empty if the framework keeps none, then those that are there now are taken each time
     * @param first whether this may be the first start: if there is no file later, it was lost or could not be written, and none is taken
     */
    static BundlesBefore of(Optional<Path> file, boolean first, Bundle[] now) {
        var result = new BundlesBefore(file);
        if (file.isPresent() && Files.exists(file.get())) {
            result.read(file.get());
            result.compare(now);
        } else if (first || file.isEmpty()) {
            for (Bundle bundle : now) {
                result.known.put(bundle.getBundleId(), known(bundle));
            }
            result.write();
        } else {
            log.error(
                    "{}: which bundles were there before is not known, there is no {}, so all are judged; update this bundle to let"
                            + " those run that are there now",
                    Admission.PID,
                    file.get());
        }
        return result;
    }

    private static Known known(Bundle bundle) {
        return new Known(String.valueOf(bundle.getSymbolicName()), bundle.getLastModified(), bundle.getLocation());
    }

    /** What was updated or has gone while nobody looked. */
    private void compare(Bundle[] now) {
        Set<Long> gone = new HashSet<>(known.keySet());
        for (Bundle bundle : now) {
            gone.remove(bundle.getBundleId());
            arrived(bundle);
        }
        if (known.keySet().removeAll(gone)) {
            write();
        }
    }

    /** The framework itself is always one. */
    boolean contains(Bundle bundle) {
        return bundle.getBundleId() == 0 || known(bundle).equals(known.get(bundle.getBundleId()));
    }

    /** A bundle has been installed or updated. */
    synchronized void arrived(Bundle bundle) {
        Known before = known.get(bundle.getBundleId());
        if (before != null && before.modified != NEVER && !contains(bundle)) {
            known.put(bundle.getBundleId(), before.updated());
            kept = false;
        }
        if (!kept) { // also if it could not be kept earlier
            write();
        }
    }

    /** A bundle has gone: its name is free. */
    synchronized void forget(Bundle bundle) {
        if (known.remove(bundle.getBundleId()) != null) {
            write();
        }
    }

    /** Whether a symbolic name is that of one of them that is somewhere else. */
    boolean hasName(String symbolicName, String location) {
        return known.values().stream()
                .anyMatch(each -> each.symbolicName.equals(symbolicName) && !each.location.equals(location));
    }

    private void read(Path place) {
        try {
            for (String line : Files.readAllLines(place, StandardCharsets.UTF_8)) {
                String[] fields = line.split(" ", FIELDS);
                known.put(
                        Long.parseLong(fields[0]),
                        new Known(decoded(fields[1]), Long.parseLong(fields[2]), decoded(fields[FIELDS - 1])));
            }
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            known.clear(); // all or nothing: no more are trusted than were written
            log.error(
                    "{}: {} cannot be read, so all bundles are judged; delete it and update this bundle to let those run that are there"
                            + " now",
                    Admission.PID,
                    place,
                    e);
        }
    }

    private synchronized void write() {
        if (file.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        known.forEach((id, each) ->
                lines.add(id + " " + encoded(each.symbolicName) + ' ' + each.modified + ' ' + encoded(each.location)));
        try {
            OwnerOnly.write(file.get(), (String.join("\n", lines) + '\n').getBytes(StandardCharsets.UTF_8));
            kept = true;
        } catch (IOException e) {
            kept = false;
            log.error(
                    "{}: which bundles were there before cannot be kept in {}; it is tried again when a bundle comes, and while there is"
                            + " no such file all are judged after a restart",
                    Admission.PID,
                    file.get(),
                    e);
        }
    }

    /** Without blanks and ends of lines, which names and locations may have. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
