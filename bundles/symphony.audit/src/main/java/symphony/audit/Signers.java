package symphony.audit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import symphony.api.audit.AuditVerification.Verdict;

/** Which keys sign a trail, one after the other, and whether each may. One thread only. */
final class Signers {
    /*
     * Each START names the key that signs from there on, and whether contents are sealed. A key belongs to one of both: that of a
     * sealed trail is itself sealed, the other one lies there for who can read the folder. So this one counts only for as long as the
     * trail is plain, and never again; and a trail that was sealed cannot go on with it. Where one key follows another the first one says
     * so by its signature, if it can.
     */
    private final PublicKeys keys;
    private final Findings findings;

    /** The one that signs now; empty before the first START. */
    private Optional<PublicKey> current = Optional.empty();

    private long since;
    private final Map<String, Boolean> sealed = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private final Set<String> used = new HashSet<>();
    private boolean hasMetUnknown;

    // Of what was signed by one key: from where on, up to where.
    private Optional<PublicKey> signer = Optional.empty();
    private long signedFrom;
    private long signedTo;

    Signers(PublicKeys keys, Findings findings) {
        this.keys = keys;
        this.findings = findings;
    }

    /** By its id; empty if it is not known. */
    Optional<PublicKey> find(byte[] id) {
        Optional<PublicKey> key = keys.find(id);
        hasMetUnknown |= key.isEmpty();
        return key;
    }

    /** Records are missing: one of them may have been a START. */
    void forget() {
        current = Optional.empty();
    }

    PublicKeys keys() {
        return keys;
    }

    /** Whether a key was asked for that is not known: it may have been made since the keys were read. */
    boolean hasMetUnknown() {
        return hasMetUnknown;
    }

    /** Empty if this key may sign here; else why not. */
    Optional<String> objection(PublicKey key) {
        if (left.contains(key.idText())) {
            return Optional.of("the key " + key.idText() + ", which the trail has left");
        }
        return current.filter(now -> !now.idText().equals(key.idText()))
                .map(now -> "the key " + key.idText() + ", and since record " + since + " the key " + now.idText()
                        + " signs");
    }

    /** All from the last one on was signed by this key, up to a sequence. */
    void signed(PublicKey key, long from, long to) {
        used.add(key.idText());
        if (current.isEmpty()) {
            current = Optional.of(key);
            since = to;
        }
        if (to < from) {
            return;
        }
        if (signer.filter(before -> before.idText().equals(key.idText())).isEmpty()) {
            tellSigner();
            signer = Optional.of(key);
            signedFrom = from;
        }
        signedTo = to;
    }

    private void tellSigner() {
        signer.ifPresent(key ->
                findings.note("records " + signedFrom + " to " + signedTo + " are signed by the key " + key.idText()));
    }

    /** What a START says that is signed by the key that it names. */
    void begin(PublicKey key, boolean isSealed, Announcement start) {
        long sequence = start.sequence();
        objectionToStart(key, isSealed)
                .ifPresent(why -> findings.add(
                        Verdict.TAMPERED,
                        sequence,
                        sequence,
                        "record " + sequence + " goes on with the key " + key.idText() + why));
        Optional<PublicKey> before = current.filter(now -> !now.idText().equals(key.idText()));
        if (before.isPresent()) {
            leave(before.get(), key, isSealed, start);
        }
        sealed.put(key.idText(), isSealed);
        current = Optional.of(key);
        since = sequence;
    }

    private Optional<String> objectionToStart(PublicKey key, boolean isSealed) {
        if (left.contains(key.idText())) {
            return Optional.of(", which the trail has left");
        }
        return sealed.getOrDefault(key.idText(), isSealed) == isSealed
                ? Optional.empty()
                : Optional.of(", which belongs to a trail that is " + (isSealed ? "not sealed" : "sealed")
                        + ", and says that it is " + (isSealed ? "" : "not"));
    }

    private void leave(PublicKey before, PublicKey next, boolean isSealed, Announcement start) {
        boolean wasSealed = sealed.getOrDefault(before.idText(), false);
        String goesOn = "record " + start.sequence() + " goes on with the key " + next.idText() + ", and the key "
                + before.idText() + " before it has not said so";
        if (!isHandedOver(before, next, start)) {
            if (isOlder(next, before) && !sealed.getOrDefault(next.idText(), false)) {
                findings.add(
                        Verdict.TAMPERED,
                        start.sequence(),
                        start.sequence(),
                        goesOn + ": it is an older one, and whoever has a copy of it can have written what follows");
            } else if (wasSealed && !isSealed) {
                findings.add(
                        Verdict.TAMPERED,
                        start.sequence(),
                        start.sequence(),
                        goesOn
                                + ", nor is the trail sealed any more: whoever can read the folder can have written what follows");
            } else {
                findings.note(goesOn + ": see that it is right");
            }
        }
        if (!wasSealed) {
            left.add(before.idText());
        }
    }

    /** They stand in the order in which they came. */
    private boolean isOlder(PublicKey key, PublicKey than) {
        List<String> ids = keys.all().stream().map(PublicKey::idText).toList();
        return ids.indexOf(key.idText()) < ids.indexOf(than.idText());
    }

    private static boolean isHandedOver(PublicKey before, PublicKey next, Announcement start) {
        Map<String, String> details = start.entry().details();
        var statement = new HandOver(start.sequence(), start.timeMillis(), start.before(), next);
        return before.idText().equals(details.get(Announcement.BEFORE))
                && Announcement.hex(details, Announcement.HAND_OVER, PublicKey.SIGNATURE_BYTES)
                        .filter(signature -> before.hasSigned(statement, signature))
                        .isPresent();
    }

    /** At the end of the trail. */
    void end(boolean areKeysFromOutside) {
        tellSigner();
        if (areKeysFromOutside) {
            keys.all().stream()
                    .filter(key -> !used.contains(key.idText()))
                    .forEach(key ->
                            findings.note("the key " + key.idText() + ", which was given, has signed nothing here"));
        }
    }
}
