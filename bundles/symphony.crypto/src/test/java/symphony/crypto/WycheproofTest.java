package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.DataLengthException;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;

/** Published vectors against the very code that seals, opens and derives. */
class WycheproofTest {
    @Test
    void aesGcmAgreesWithTheVectors() throws Exception {
        var rows = rows("aes_gcm_256_96_128.json");
        assertThat(rows.size()).isEqualTo(66);
        for (var row : rows) {
            checkAesGcm(row);
        }
        assertThat(rows).filteredOn(row -> row.get("result").equals("invalid")).hasSizeGreaterThan(20);
    }

    private static void checkAesGcm(Map<String, String> row) throws Exception {
        byte[] text = hex(row, "msg");
        byte[] nonce = hex(row, "iv");
        byte[] sealed = concat(hex(row, "ct"), hex(row, "tag"));
        var key = new SecretKeySpec(hex(row, "key"), "AES");
        var cipher = GcmCipher.of(GcmCipher.PLATFORM);
        boolean valid = row.get("result").equals("valid");

        byte[] bytes = Arrays.copyOf(text, text.length + Envelope.TAG_BYTES);
        cipher.encrypt(key, nonce, withoutHeader(row, bytes));
        assertThat(Arrays.equals(bytes, sealed)).as("seal " + row.get("tcId")).isEqualTo(valid);

        if (valid) {
            assertThat(cipher.decrypt(key, nonce, withoutHeader(row, sealed))).isEqualTo(text);
        } else {
            assertThat(catchThrowable(() -> cipher.decrypt(key, nonce, withoutHeader(row, sealed))))
                    .as("open " + row.get("tcId"))
                    .isInstanceOf(NotOpenedException.class);
        }
    }

    private static Message withoutHeader(Map<String, String> row, byte[] bytes) {
        return new Message(bytes, 0, Envelope.NONCE_BYTES, 0, hex(row, "aad"));
    }

    @Test
    void aesGcmSivAgreesWithTheVectors() throws Exception {
        var rows = rows("aes_gcm_siv_256.json");
        assertThat(rows.size()).isEqualTo(103);
        for (var row : rows) {
            byte[] text = hex(row, "msg");
            byte[] nonce = hex(row, "iv");
            byte[] sealed = concat(hex(row, "ct"), hex(row, "tag"));
            var cipher = new SegmentCipher(hex(row, "key"), hex(row, "aad"));
            if (row.get("result").equals("valid")) {
                assertThat(cipher.process(true, nonce, text, text.length))
                        .as("seal " + row.get("tcId"))
                        .isEqualTo(sealed);
                assertThat(cipher.process(false, nonce, sealed, sealed.length))
                        .as("open " + row.get("tcId"))
                        .isEqualTo(text);
            } else {
                assertThat(catchThrowable(() -> cipher.process(false, nonce, sealed, sealed.length)))
                        .as("open " + row.get("tcId"))
                        .isInstanceOf(InvalidCipherTextException.class);
            }
        }
        assertThat(rows).filteredOn(row -> row.get("result").equals("invalid")).hasSizeGreaterThan(10);
    }

    @Test
    void hkdfAgreesWithTheVectors() throws Exception {
        var rows = rows("hkdf_sha256.json");
        assertThat(rows.size()).isEqualTo(86);
        for (var row : rows) {
            int size = Integer.parseInt(row.get("size"));
            if (row.get("result").equals("valid")) {
                assertThat(KeyDerivation.hkdf(hex(row, "ikm"), hex(row, "salt"), hex(row, "info"), size))
                        .as(row.get("tcId"))
                        .isEqualTo(hex(row, "okm"));
            } else {
                assertThat(catchThrowable(
                                () -> KeyDerivation.hkdf(hex(row, "ikm"), hex(row, "salt"), hex(row, "info"), size)))
                        .as(row.get("tcId"))
                        .isInstanceOf(DataLengthException.class);
            }
        }
    }

    /** The rows of other sizes that were left out: no such key can be made, and the formats have room for no other nonce. */
    @Test
    void keysOfOtherSizesAreNone() {
        for (int size : new int[] {0, 16, 24, 31, 33, 64}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new KeysetKey(CryptoContext.EVENT, 1, KeyState.PRIMARY, 0, new byte[size]))
                    .withMessageContaining("has " + size + " bytes, must have 32");
        }
    }

    private static byte[] hex(Map<String, String> row, String name) {
        return HexFormat.of().parseHex(row.get(name));
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** The objects that have an id, as texts. */
    private static List<Map<String, String>> rows(String file) throws IOException {
        var rows = new ArrayList<Map<String, String>>();
        try (var in = WycheproofTest.class.getResourceAsStream("/wycheproof/" + file);
                JsonParser parser = new JsonFactory().createParser(in)) {
            Map<String, String> row = new HashMap<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    row = new HashMap<>();
                } else if (token.isScalarValue()) {
                    row.put(parser.currentName(), parser.getText());
                } else if (token == JsonToken.END_OBJECT && row.containsKey("tcId")) {
                    rows.add(row);
                    row = new HashMap<>();
                }
            }
        }
        return rows;
    }
}
