package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Published vectors against the very code that verifies checkpoints: malleable, truncated and padded signatures, keys of small order. */
class WycheproofEd25519Test {
    private static final int VALID = 88;
    private static final int ALL = 151;

    @Test
    void signaturesAreVerifiedAsTheVectorsSay() throws Exception {
        List<String> rows = rows();
        assertThat(rows).hasSize(ALL);
        assertThat(rows).filteredOn(row -> row.endsWith(",valid")).hasSize(VALID);
        for (String row : rows) {
            String[] columns = row.split(",");
            assertThat(isVerified(bytes(columns[1]), bytes(columns[2]), bytes(columns[3])))
                    .as(row)
                    .isEqualTo(columns[4].equals("valid"));
        }
    }

    private static boolean isVerified(byte[] key, byte[] message, byte[] signature) {
        return new PublicKey(key).hasSigned(() -> message, signature);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static List<String> rows() throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(
                WycheproofEd25519Test.class.getResourceAsStream("/wycheproof/ed25519.csv"),
                StandardCharsets.US_ASCII))) {
            return in.lines().toList();
        }
    }
}
