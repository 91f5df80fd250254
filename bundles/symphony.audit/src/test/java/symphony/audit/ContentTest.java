package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;

class ContentTest {
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private final Content small =
            Content.of(new AuditEntry("a", "b:c", "d", Outcome.FAILED, Map.of("y", "2", "x", "1")));

    private final Content large = new Content(
            new AuditEntry("a", "b:c", "d", Outcome.DONE, Map.of()), "s", 3, 4, 5, Optional.of(ID), Optional.of(ID));

    /** The bytes of the format, written by hand. */
    @Test
    void isEncodedAsTheFormatSays() {
        assertThat(HexFormat.of().formatHex(small.encode()))
                .isEqualTo("01000161" + "020003623a63" + "03000164" + "04000103" + "0b0003017831" + "0b0003017932");
        String id = "00112233445566778899aabbccddeeff";
        assertThat(HexFormat.of().formatHex(large.encode()))
                .isEqualTo("01000161" + "020003623a63" + "03000164" + "04000101" + "05000173"
                        + "0600080000000000000003" + "0700080000000000000004" + "0800080000000000000005"
                        + "090010" + id + "0a0010" + id);
    }

    @Provide
    Arbitrary<Content> contents() {
        Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(40);
        Arbitrary<AuditEntry> entries = Combinators.combine(
                        texts,
                        texts,
                        texts,
                        Arbitraries.of(Outcome.values()),
                        Arbitraries.maps(texts, texts).ofMaxSize(20))
                .as(AuditEntry::new);
        Arbitrary<Long> numbers = Arbitraries.longs().greaterOrEqual(1);
        return Combinators.combine(
                        entries,
                        texts,
                        numbers,
                        Arbitraries.longs(),
                        Arbitraries.longs(),
                        Arbitraries.create(UUID::randomUUID).optional())
                .as((entry, text, count, from, to, id) ->
                        new Content(Bounded.entry(entry), Bounded.text(text), count, from, to, id, id));
    }

    @Property
    void isReadBackWhateverItSays(@ForAll("contents") Content content) throws Exception {
        assertThat(Content.decode(content.encode())).isEqualTo(content);
    }

    @Property
    void hasOneFormOnly(@ForAll("contents") Content content, @ForAll int at, @ForAll byte bits) throws Exception {
        byte[] changed = content.encode();
        changed[Math.floorMod(at, changed.length)] ^= bits;
        try {
            assertThat(Content.decode(changed).encode()).isEqualTo(changed);
        } catch (MalformedRecordException e) {
            assertThat(e).hasMessageStartingWith("its");
        }
    }

    @Test
    void refusesWhatIsNoneOrHasAnotherForm() {
        String entry = "01000161020003623a630300016404000101";
        assertRefused("", "one form"); // no outcome
        assertRefused(entry + "0b", "cut off");
        assertRefused(entry + "0500", "cut off");
        assertRefused(entry + "050002aa", "cut off");
        assertRefused(entry + "050001ff", "UTF-8");
        assertRefused(entry + "0b00030461", "cut off");
        assertRefused(entry + "050000", "one form"); // an empty field
        assertRefused(entry + "0600080000000000000001", "one form"); // the value that is left out
        assertRefused(entry + "0600080000000000000000", "count");
        assertRefused(entry + "01000161", "one form"); // twice
        assertRefused(entry + "0b0003017932" + "0b0003017831", "one form"); // names in another order
        assertRefused(entry.replace("04000101", "04000104"), "outcome");
        assertRefused(entry + "0c000161", "unknown field 12");
    }

    private static void assertRefused(String hex, String why) {
        assertThatThrownBy(() -> Content.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(why);
    }

    @Property
    void anyBytesAreAContentOrAreRefused(@ForAll byte[] bytes) {
        try {
            assertThat(Content.decode(bytes).encode()).isEqualTo(bytes);
        } catch (MalformedRecordException e) {
            assertThat(e).hasMessageStartingWith("its");
        }
    }

    @Test
    void isSmallHoweverLongItsTextsAre() throws Exception {
        var details = new HashMap<String, String>();
        for (int i = 0; i < 1000; i++) {
            details.put("n".repeat(1000) + i, "ü".repeat(1 << 16));
        }
        String huge = "\u202e\n\u001b[31m" + "x".repeat(1 << 20);
        AuditEntry entry = Bounded.entry(new AuditEntry(huge, huge, huge, Outcome.DENIED, details));
        byte[] encoded = new Content(entry, Bounded.text(huge), 1, 0, 0, Optional.empty(), Optional.empty()).encode();
        assertThat(encoded.length).isLessThan(25_000);
        assertThat(Content.decode(encoded).entry()).isEqualTo(entry);
        assertThat(entry.details()).hasSize(16).containsEntry("more", "985");
        assertThat(entry.actor())
                .startsWith("\u202e\n\u001b[31mxxx")
                .matches("(?s).*…\\(1048585 bytes, SHA-256 [0-9a-f]{16}\\)");
        assertThat(Bounded.entry(entry)).as("bounded once is bounded").isEqualTo(entry);
    }

    @Property
    void cutsTextsNotBeforeTheyAreTooLongAndNotWithinCharacters(@ForAll String text) {
        String bounded = Bounded.text(text, 100);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= 100) {
            assertThat(bounded).isEqualTo(new String(utf8, StandardCharsets.UTF_8));
        } else {
            assertThat(bounded.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(100);
            assertThat(new String(utf8, StandardCharsets.UTF_8))
                    .startsWith(bounded.substring(0, bounded.indexOf("…(" + utf8.length)));
        }
    }

    @Test
    void tellsTextsApartThatDifferOnlyWhereTheyAreCut() {
        String same = "x".repeat(5000);
        assertThat(Bounded.text(same + "a")).isNotEqualTo(Bounded.text(same + "b"));
    }
}
