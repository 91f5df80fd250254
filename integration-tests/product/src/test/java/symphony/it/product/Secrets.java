package symphony.it.product;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must not be found: bytes, and the texts that they are written as. Files may be of any size. */
final class Secrets {
    private static final int PIECE = 1 << 22;

    /** By what they are; each character is a byte. */
    private final Map<String, String> wanted = new TreeMap<>();

    Secrets add(String name, byte[] secret) {
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(secret);
        wanted.put(name, new String(secret, StandardCharsets.ISO_8859_1));
        wanted.put(name + " in hexadecimal", HexFormat.of().formatHex(secret));
        wanted.put(
                name + " in upper hexadecimal", HexFormat.of().withUpperCase().formatHex(secret));
        wanted.put(name + " in Base64", base64);
        wanted.put(name + " in Base64 for URLs", base64.replace('+', '-').replace('/', '_'));
        return this;
    }

    Secrets add(String name, String secret) {
        wanted.put(name, secret);
        return this;
    }

    /** Names of those that the file has. */
    List<String> in(Path file) throws IOException {
        int longest = wanted.values().stream().mapToInt(String::length).max().orElse(1);
        var found = new ArrayList<String>();
        try (InputStream in = Files.newInputStream(file)) {
            String before = "";
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                String text = before + new String(piece, StandardCharsets.ISO_8859_1);
                wanted.forEach((name, secret) -> {
                    if (text.contains(secret) && !found.contains(name)) {
                        found.add(name);
                    }
                });
                before = text.substring(Math.max(0, text.length() - longest));
            }
        }
        return found;
    }
}
