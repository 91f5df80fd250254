package symphony.crypto;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;

/**
 * Keysets as bytes, big-endian:
 *
 * <pre>
 * at    bytes  what
 *   0       1  version: 1
 *   1      32  root
 *  33       2  number of keys
 *  35     46*n keys: context (1, code of CryptoContext), id (4), state (1), created in epoch milliseconds (8), key (32)
 * </pre>
 *
 * States are 1 PRIMARY, 2 ENABLED, 3 DISABLED, 4 DESTROYED; the bytes of a destroyed key are zeros.
 */
final class KeysetsFormat {
    /** The version that is written. */
    static final int VERSION = 1;

    private static final int KEY_ENTRY_BYTES = 1 + Integer.BYTES + 1 + Long.BYTES + KeyDerivation.KEY_BYTES;
    private static final List<KeyState> STATES =
            List.of(KeyState.PRIMARY, KeyState.ENABLED, KeyState.DISABLED, KeyState.DESTROYED);

    private KeysetsFormat() {}

    static byte[] write(Keysets keysets) {
        List<KeysetKey> keys = keysets.keys();
        var out = ByteBuffer.allocate(
                1 + KeyDerivation.KEY_BYTES + Short.BYTES + Math.multiplyExact(keys.size(), KEY_ENTRY_BYTES));
        out.put((byte) VERSION).put(keysets.root()).putShort((short) keys.size());
        for (KeysetKey key : keys) {
            out.put((byte) key.context().code())
                    .putInt(key.id())
                    .put((byte) (STATES.indexOf(key.state()) + 1))
                    .putLong(key.createdMillis())
                    .put(key.secret());
        }
        return out.array();
    }

    /** The message of what it throws never holds bytes of a key. */
    static Keysets read(byte[] bytes) throws KeysetsFormatException {
        var in = ByteBuffer.wrap(bytes);
        try {
            int version = in.get() & 0xff;
            if (version != VERSION) {
                throw new KeysetsFormatException(
                        "its keysets are of version " + version + ", this program reads version " + VERSION
                                + "; use a program that is at least as new as the one that wrote it",
                        null);
            }
            return readBody(in);
        } catch (BufferUnderflowException e) {
            throw unusable("they are cut off after " + bytes.length + " bytes", e);
        } catch (IllegalArgumentException e) {
            throw unusable(e.getMessage(), e);
        }
    }

    private static KeysetsFormatException unusable(String why, Throwable cause) {
        return new KeysetsFormatException("its keysets cannot be used: " + why + "; put it back from a backup", cause);
    }

    private static Keysets readBody(ByteBuffer in) {
        byte[] root = secret(in);
        int count = in.getShort() & 0xffff;
        var keys = new ArrayList<KeysetKey>();
        for (int i = 0; i < count; i++) {
            keys.add(new KeysetKey(context(in.get()), in.getInt(), state(in.get()), in.getLong(), secret(in)));
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("they have " + in.remaining() + " bytes too many");
        }
        return new Keysets(root, keys);
    }

    private static byte[] secret(ByteBuffer in) {
        byte[] secret = new byte[KeyDerivation.KEY_BYTES];
        in.get(secret);
        return secret;
    }

    private static CryptoContext context(byte code) {
        return Arrays.stream(CryptoContext.values())
                .filter(c -> c.code() == code)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is a key of unknown context " + code));
    }

    private static KeyState state(byte code) {
        if (code < 1 || code > STATES.size()) {
            throw new IllegalArgumentException("there is a key of unknown state " + code);
        }
        return STATES.get(code - 1);
    }
}
