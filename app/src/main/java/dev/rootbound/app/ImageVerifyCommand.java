package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code rootbound image verify}: is what is stored what it says it is? */
final class ImageVerifyCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "image verify [IMAGE...]",
                        "Compare images with their digests, and unpacked layers with their archives")
                .arguments(0, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        List<String> names = arguments.rest();
        int code = 0;
        for (String name : names.isEmpty() ? all(engine) : names) {
            try {
                var target = Target.of("/rootbound/images/", name, "/verify");
                code |= print(name, engine.get(target), cli);
            } catch (ApiException e) {
                cli.complain(ExitCodes.sentence(e));
                code = 1;
            }
        }
        return code;
    }

    /** Each by a name if it has one. */
    private static List<String> all(ApiClient engine) throws IOException {
        var names = new ArrayList<String>();
        for (Json image : engine.get(Target.of("/images/json").query("all", true)).items()) {
            List<String> tags = image.texts("RepoTags");
            names.add(tags.isEmpty() ? image.text("Id") : tags.getFirst());
        }
        return names;
    }

    private static int print(String name, Json verified, Cli cli) {
        if (verified.bool("Ok")) {
            cli.println(name + ": ok");
            return 0;
        }
        for (String problem : verified.texts("Problems")) cli.println(name + ": " + problem);
        return 1;
    }
}
