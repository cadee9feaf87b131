package dev.rootbound.docker;

import java.util.LinkedHashMap;
import java.util.Map;

/** What every answer carries. */
final class Headers {
    static final String VERSION = "0.1.0";

    private Headers() {}

    static Map<String, String> common() {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Api-Version", ApiVersion.MAX);
        headers.put("Docker-Experimental", "false");
        headers.put("Ostype", "linux");
        headers.put("Server", "Rootbound/" + VERSION + " (linux)");
        return headers;
    }

    static Map<String, String> json() {
        var headers = common();
        headers.put("Content-Type", "application/json");
        return headers;
    }
}
