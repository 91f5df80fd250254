package symphony.shell;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;
import symphony.api.admission.BundleAdmission;
import symphony.api.admission.TrustedSigner;
import symphony.api.audit.AuditUnavailableException;

/** {@code admission}: how bundles were judged, and who is trusted. The admission checks permissions and audits. */
final class AdmissionCommand {
    private static final String ALL = "--all";
    private static final int SHORT = 16;

    private final Services services;

    AdmissionCommand(Services services) {
        this.services = services;
    }

    static List<String> actions() {
        return List.of("list", "explain", "trust", "trusted");
    }

    Command command() {
        return new Command(
                Synopsis.of("admission", "show which bundles may run, and why; trust a signer")
                        .with(Operand.one("ACTION", Kind.ADMISSION_ACTION, "list, explain, trust or trusted"))
                        .with(
                                Operand.maybe(
                                        "WHAT",
                                        Kind.FILE,
                                        "explain: id or symbolic name of a bundle, or name of a file; trust: a file with a certificate"))
                        .with(Option.flag(ALL, "list: also bundles that were there before and are not judged"))
                        .with(Synopsis.JSON)
                        .text(
                                "Where only signed bundles may run, jarsigner signs one, and whoever's certificate is trusted, or was"
                                        + " issued by one that is, may sign. A signer is trusted until the file is taken away.")
                        .example("symphony:admission list")
                        .example("symphony:admission explain symphony.example.orders")
                        .example("symphony:admission trust signer.pem")
                        .example("symphony:admission trusted")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws Exception {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        if (!actions().contains(action)) {
            throw new CommandException(
                    "unknown action " + Text.quoted(action) + "; known are list, explain BUNDLE, trust FILE, trusted");
        }
        boolean named = arguments.count() > 1;
        boolean needsName = action.equals("explain") || action.equals("trust");
        if (named != needsName) {
            throw new CommandException(
                    named
                            ? action + " takes no name"
                            : action.equals("trust") ? "trust needs a FILE" : "explain needs a BUNDLE");
        }
        if (arguments.flag(ALL) && !action.equals("list")) {
            throw new CommandException(ALL + " is for list, not for " + action);
        }
        BundleAdmission admission = services.admission.get();
        return switch (action) {
            case "list" -> list(admission, arguments.flag(ALL));
            case "explain" -> explain(admission, arguments.text(1));
            case "trust" -> trust(admission, call);
            default -> trusted(admission);
        };
    }

    private static Object list(BundleAdmission admission, boolean all) {
        List<VerdictRow> rows = admission.verdicts().stream()
                .filter(verdict -> all || verdict.standing() != Standing.BEFORE)
                .map(VerdictRow::of)
                .toList();
        return new Rows<>(
                rows,
                "nothing was judged yet; " + modeText(admission.mode()),
                row -> row.reason,
                List.of(
                        Column.number("BUNDLE", row -> row.bundle < 0 ? "-" : Long.toString(row.bundle)),
                        Column.name("WHAT", VerdictRow::subject),
                        Column.<VerdictRow>word("STANDING", row -> row.standing.name())
                                .painted((paint, row) -> row.standing == Standing.REFUSED ? paint::bad : text -> text),
                        Column.word("SIGNED BY", VerdictRow::signedBy)));
    }

    private static Object explain(BundleAdmission admission, String wanted) throws CommandException {
        List<AdmissionVerdict> found = admission.verdicts().stream()
                .filter(verdict -> isNamed(verdict, wanted))
                .toList();
        if (found.isEmpty()) {
            throw new CommandException("no bundle or refused file is called " + Text.quoted(wanted)
                    + "; symphony:admission list --all shows them");
        }
        return new Explanations(modeText(admission.mode()), found);
    }

    private static boolean isNamed(AdmissionVerdict verdict, String wanted) {
        if (verdict.bundle() < 0) {
            return verdict.subject().equals(wanted) || verdict.subject().endsWith('/' + wanted);
        }
        return Long.toString(verdict.bundle()).equals(wanted)
                || verdict.subject().equals(wanted)
                || verdict.subject().startsWith(wanted + ' ');
    }

    private static Object trust(BundleAdmission admission, Call call) throws Exception {
        try {
            TrustedSigner signer = admission.trust(call.file(call.arguments().text(1)));
            return Text.clean(signer.subject()) + " is trusted until " + signer.until() + ": " + signer.fingerprint();
        } catch (AuditUnavailableException e) {
            throw e;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private static Object trusted(BundleAdmission admission) {
        return new Rows<>(
                admission.trusted().stream().map(SignerRow::of).toList(),
                "nobody is trusted; symphony:admission trust FILE lets somebody be",
                row -> row.fingerprint,
                List.of(
                        Column.name("WHO", SignerRow::subject),
                        Column.word("UNTIL", row -> row.until.toString()),
                        Column.word("SHA-256", row -> row.fingerprint.substring(0, SHORT) + '…')));
    }

    static String modeText(AdmissionMode mode) {
        return switch (mode) {
            case OFF -> "all bundles may run";
            case OPEN -> "bundles need not be signed";
            case SIGNED -> "only signed bundles may run";
        };
    }

    /**
     * How something was judged.
     *
     * @param bundle its id; -1 for a file
     * @param subject what was judged
     * @param standing what it comes to
     * @param reason why it is refused
     * @param signers who signed it
     * @param hash of a file
     * @param time when it was judged
     */
    public record VerdictRow(
            long bundle,
            String subject,
            Standing standing,
            String reason,
            Set<String> signers,
            String hash,
            Instant time) {
        static VerdictRow of(AdmissionVerdict verdict) {
            return new VerdictRow(
                    verdict.bundle(),
                    verdict.subject(),
                    verdict.standing(),
                    verdict.reason(),
                    verdict.signers(),
                    verdict.hash(),
                    verdict.time());
        }

        private String signedBy() {
            return signers.isEmpty()
                    ? "-"
                    : String.join(
                            " ",
                            signers.stream()
                                    .sorted()
                                    .map(each -> each.substring(0, SHORT) + '…')
                                    .toList());
        }
    }

    /**
     * Whose signature counts.
     *
     * @param subject the certificate's name
     * @param from since when it is valid
     * @param until until when
     * @param fingerprint its SHA-256
     * @param file where it lies
     */
    public record SignerRow(String subject, Instant from, Instant until, String fingerprint, String file) {
        static SignerRow of(TrustedSigner signer) {
            return new SignerRow(signer.subject(), signer.from(), signer.until(), signer.fingerprint(), signer.file());
        }
    }

    /**
     * Why things were judged so.
     *
     * @param mode what is asked of bundles
     * @param verdicts one at least
     */
    public record Explanations(String mode, List<AdmissionVerdict> verdicts) implements Report {
        /** Copies the list. */
        public Explanations {
            verdicts = List.copyOf(verdicts);
        }

        @Override
        public List<String> lines(int width, Paint paint) {
            var lines = new ArrayList<String>();
            Text.field(lines, width, "mode", mode);
            for (AdmissionVerdict verdict : verdicts) {
                Text.field(
                        lines, width, verdict.bundle() < 0 ? "file" : "bundle " + verdict.bundle(), verdict.subject());
                Text.field(lines, width, "standing", standing(verdict.standing()));
                if (!verdict.reason().isEmpty()) {
                    Text.field(lines, width, "reason", verdict.reason());
                }
                verdict.signers().stream().sorted().forEach(each -> Text.field(lines, width, "signed by", each));
                if (!verdict.hash().isEmpty()) {
                    Text.field(lines, width, "SHA-256", verdict.hash());
                }
                Text.field(lines, width, "judged", verdict.time().toString());
            }
            return lines;
        }

        private static String standing(Standing standing) {
            return switch (standing) {
                case BEFORE -> "was there before, and is not judged";
                default -> standing.name().toLowerCase(Locale.ROOT);
            };
        }
    }
}
