using Microsoft.Extensions.Logging;
using TocsinSdk.Runs;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Runs;

public sealed class SettingsTests
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly Dictionary<string, string> _configuration = [];

    [Fact]
    public void Nothing_needs_to_be_said()
    {
        var settings = Resolve();
        settings.Url.ShouldBe(new Uri("http://127.0.0.1:4480"));
        settings.Service.ShouldBe("shop");
        settings.Environment.ShouldBe("Production");
        settings.HangTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        settings.LogLevel.ShouldBe(LogLevel.Information);
        settings.Key.ShouldBeNull();
    }

    [Fact]
    public void The_delegate_beats_the_variable_beats_the_configuration()
    {
        _configuration["Tocsin:ServiceName"] = "from-file";
        _configuration["Tocsin:Url"] = "http://file:1";
        _configuration["Tocsin:Key"] = "file";
        _variables["TOCSIN_URL"] = "http://variable:2";
        _variables["TOCSIN_KEY"] = "variable";
        var settings = Resolve(o => o.Key = "delegate");
        (settings.Service, settings.Url.Host, settings.Key).ShouldBe(("from-file", "variable", "delegate"));
    }

    [Fact]
    public void OpenTelemetrys_variables_beat_everything()
    {
        _variables["OTEL_SERVICE_NAME"] = "otel";
        _variables["OTEL_RESOURCE_ATTRIBUTES"] =
            "service.name=no, service.version=9.9,deployment.environment.name=a%20b,broken,=x";
        var settings = Resolve(o => (o.ServiceName, o.Release, o.Environment) = ("code", "1", "code"));
        (settings.Service, settings.Release, settings.Environment).ShouldBe(("otel", "9.9", "a b"));
    }

    [Fact]
    public void Every_mistake_is_named_with_what_was_expected()
    {
        _variables["TOCSIN_URL"] = "localhost:4480";
        _variables["TOCSIN_HANG_TIMEOUT"] = "soon";
        _variables["TOCSIN_LOG_LEVEL"] = "loud";
        var message = Should.Throw<ArgumentException>(() => Resolve(o => o.Key = "two words")).Message;
        message.ShouldStartWith("Tocsin cannot start: ");
        message.ShouldContain(
            "Url (TOCSIN_URL) is \"localhost:4480\"; expected an address such as http://127.0.0.1:4480");
        message.ShouldContain("HangTimeout (TOCSIN_HANG_TIMEOUT) is \"soon\"; expected hours:minutes:seconds");
        message.ShouldContain("LogLevel (TOCSIN_LOG_LEVEL) is \"loud\"; expected Trace, Debug");
        message.ShouldContain("Key (TOCSIN_KEY)");
    }

    private Settings Resolve(Action<TocsinOptions>? configure = null) => Settings.Resolve(
        configure,
        Around.With(_variables, _configuration) with
        {
            ApplicationName = "shop",
            EnvironmentName = "Production",
        });
}
