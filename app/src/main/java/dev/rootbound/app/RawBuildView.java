package dev.rootbound.app;

/** The engine's messages as they are: {@code --progress=rawjson}. */
record RawBuildView(Cli cli) implements BuildView {
    @Override
    public void sent(long bytes) {}

    @Override
    public void said(String line, Json message) {
        cli.complain(line);
    }

    @Override
    public void failed(String error) {}

    @Override
    public void ended() {}

    @Override
    public void close() {}
}
