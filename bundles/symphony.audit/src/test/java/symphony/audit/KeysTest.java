package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditCheckpoint;

class KeysTest {
    private final SigningKey key = SigningKey.random(new SecureRandom());
    private final Statement statement = new Statement(5, 6, new byte[32]);

    /** RFC 8032, 7.1, test 1. */
    @Test
    void isThatOfTheStandard() {
        byte[] seed = HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        SigningKey known = SigningKey.ofSeed(seed);
        assertThat(HexFormat.of().formatHex(known.publicKey().encoded()))
                .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assertThat(known.seed()).isEqualTo(seed);
    }

    /** By another implementation, from the files that another one would have. */
    @Test
    void isVerifiedByThePlatformFromThePem() throws Exception {
        String pem = PublicKeys.none().with(key.publicKey()).pem();
        byte[] der = Base64.getDecoder().decode(pem.lines().skip(1).findFirst().orElseThrow());
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
        verifier.update(HexFormat.of()
                .parseHex(
                        "73796d70686f6e7920617564697420636865636b706f696e742031" // symphony audit checkpoint 1
                                + "0000000000000005" + "0000000000000006" + "00".repeat(32)));
        assertThat(verifier.verify(key.sign(statement))).isTrue();
    }

    @Test
    void verifiesWhatItHasSignedAndNothingElse() {
        byte[] signature = key.sign(statement);
        PublicKey half = key.publicKey();
        assertThat(half.hasSigned(statement, signature)).isTrue();
        assertThat(half.hasSigned(new Statement(6, 6, new byte[32]), signature)).isFalse();
        assertThat(half.hasSigned(statement, Arrays.copyOf(signature, 65)))
                .as("a byte more")
                .isFalse();
        assertThat(half.hasSigned(statement, Arrays.copyOf(signature, 63))).isFalse();
        PublicKey other = SigningKey.random(new SecureRandom()).publicKey();
        assertThat(other.hasSigned(statement, signature)).isFalse();
        assertThat(other.idText()).isNotEqualTo(half.idText()).hasSize(16);
    }

    @Test
    void readsAllKeysOfAFile() {
        SigningKey second = SigningKey.random(new SecureRandom());
        PublicKeys both =
                PublicKeys.none().with(key.publicKey()).with(second.publicKey()).with(key.publicKey());
        PublicKeys read = PublicKeys.parse("a comment\n" + both.pem().replace("\n", "\r\n"));
        assertThat(read.pem()).isEqualTo(both.pem());
        AuditCheckpoint checkpoint = second.checkpoint(statement);
        assertThat(read.haveSigned(checkpoint)).isTrue();
        assertThat(PublicKeys.none().with(key.publicKey()).haveSigned(checkpoint))
                .isFalse();
        assertThat(read.haveSigned(new AuditCheckpoint(
                        6, checkpoint.time(), checkpoint.hash(), checkpoint.key(), checkpoint.signature())))
                .isFalse();
    }

    @Test
    void saysWhatIsWrongWithAFileOfKeys() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PublicKeys.parse("hello"))
                .withMessageContaining("no -----BEGIN PUBLIC KEY-----");
        String rsa = PublicKeys.none().with(key.publicKey()).pem().replace("MCow", "MCoy");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PublicKeys.parse(rsa))
                .withMessageContaining("no public key of Ed25519");
        assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.ofSeed(new byte[31]));
    }

    /** Else the key of a block whose end was damaged would be unknown, and what it signed tampered with. */
    @Test
    void saysThatAKeyOfAFileDoesNotComeToItsEnd() {
        SigningKey second = SigningKey.random(new SecureRandom());
        String pem =
                PublicKeys.none().with(key.publicKey()).with(second.publicKey()).pem();
        String damaged = pem.replaceFirst("-----END PUBLIC KEY-----", "-----END PUBLIC KEY----");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PublicKeys.parse(damaged))
                .withMessage("of 2 keys that begin in it 1 come to their -----END PUBLIC KEY-----");
    }

    @Test
    void showsNothingSecret() {
        assertThat(key).hasToString("SigningKey[" + key.publicKey().idText() + "]");
    }
}
