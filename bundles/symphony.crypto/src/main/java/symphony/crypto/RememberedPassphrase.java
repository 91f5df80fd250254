package symphony.crypto;

/**
 * A passphrase of {@link PassphraseMemory}, for an operator to put where the next start finds it.
 *
 * @param whose its name there
 */
record RememberedPassphrase(String whose) implements PassphraseSource {
    @Override
    public boolean isThere() {
        return PassphraseMemory.knows(whose);
    }

    @Override
    public char[] read() {
        return PassphraseMemory.recall(whose)
                .orElseThrow(() -> new KeysUnavailableException(this + " is not known any more; " + mend(), null));
    }

    @Override
    public String mend() {
        return "put the new one where the old one came from";
    }

    @Override
    public String toString() {
        return "changed passphrase of " + whose;
    }
}
