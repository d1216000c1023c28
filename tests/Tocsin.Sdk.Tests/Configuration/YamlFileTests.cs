using Microsoft.Extensions.Configuration;
using Tocsin.Testing;
using TocsinSdk.Configuration;
using TocsinSdk.Runs;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Configuration;

/// <summary>The file next to the other sources, at the start and afterwards.</summary>
public sealed class YamlFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeClock _clock = new();
    private readonly Dictionary<string, string> _variables = [];
    private readonly Dictionary<string, string?> _appsettings = [];
    private DateTime _written = new(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc);

    private string File => Path.Combine(_folder.Path, "tocsin.yaml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Default_file_configuration_variable_delegate_each_beats_the_one_before()
    {
        Write("url: http://file:1\nservice: file\nrelease: file\nenvironment: file");
        _appsettings["Tocsin:ServiceName"] = "appsettings";
        _appsettings["Tocsin:Release"] = "appsettings";
        _appsettings["Tocsin:Environment"] = "appsettings";
        _variables["TOCSIN_RELEASE"] = "variable";
        _variables["TOCSIN_ENVIRONMENT"] = "variable";
        var settings = Resolve(Around(), o => o.Environment = "delegate");
        (settings.Url.Host, settings.Service, settings.Release, settings.Environment, settings.HangTimeout).ShouldBe(
            ("file", "appsettings", "variable", "delegate", TimeSpan.FromSeconds(10)));
        settings.Values["Url"]!.Value.Place.ShouldBe(File + ":1:6");
        settings.Values["ServiceName"]!.Value.Place.ShouldBe("Tocsin:ServiceName");
        settings.Values["Release"]!.Value.Place.ShouldBe("TOCSIN_RELEASE");
    }

    [Fact]
    public void Members_of_groups_have_variables()
    {
        _variables["TOCSIN_REQUESTS__SLOW_THRESHOLD"] = "3s";
        _variables["TOCSIN_REQUESTS__LOGSTART"] = "false";
        _variables["TOCSIN_REQUESTS__QUIET_PATHS"] = "/a, /b";
        _variables["TOCSIN_SOURCES__0"] = "Shop.*";
        var options = Resolve(Around()).Options;
        options.Requests.SlowThreshold.ShouldBe(TimeSpan.FromSeconds(3));
        options.Requests.LogStart.ShouldBeFalse();
        options.Requests.QuietPaths.ShouldBe(["/health", "/metrics", "/debug", "/favicon.ico", "/a", "/b"]);
        options.Sources.ShouldBe(["Shop.*"]);
    }

    [Fact]
    public void Variables_of_the_server_and_of_others_are_no_mistakes()
    {
        foreach (var name in (string[])["TOCSIN_DATA", "TOCSIN_HTTP_PORT", "TOCSIN_ADMIN_PASSWORD", "TOCSIN_RUN_ID", "TOCSIN_X__Y"])
            _variables[name] = "whatever";
        Resolve(Around()).Values.All.ShouldBeEmpty();
    }

    [Fact]
    public void Mistakes_of_all_sources_come_in_one_message()
    {
        Write("urll: x\nrequests:\n  slow_threshold: later");
        _appsettings["Tocsin:Requests:LogStrat"] = "true";
        _variables["TOCSIN_HEALTH__PERIODE"] = "1s";
        _variables["TOCSIN_REQUESTS__LOG_END"] = "perhaps";
        var message = Should.Throw<ArgumentException>(() =>
            Resolve(Around(), o => o.Requests.CrashIdHeader = "two words")).Message;
        message.ShouldContain($"{File}:1:1: urll is unknown; did you mean Url?");
        message.ShouldContain($"Requests.SlowThreshold ({File}:3:19) is \"later\"; expected hours:minutes:seconds");
        message.ShouldContain("Tocsin.Requests.LogStrat is unknown; did you mean LogStart?");
        message.ShouldContain("the variable TOCSIN_HEALTH__PERIODE is unknown; did you mean Period?");
        message.ShouldContain("Requests.LogEnd (TOCSIN_REQUESTS__LOG_END) is \"perhaps\"; expected true or false");
        message.ShouldContain("Requests.CrashIdHeader is \"two words\"; expected the name of a header");
    }

    [Fact]
    public void A_changed_file_is_read_again_and_tells_so()
    {
        Write("requests: { slow_threshold: 1s }");
        var around = Around();
        var reloads = 0;
        using var listening = Microsoft.Extensions.Primitives.ChangeToken.OnChange(
            around.Configuration.GetReloadToken, () => reloads++);
        _clock.Advance(TimeSpan.FromSeconds(2));
        reloads.ShouldBe(0);
        Write("requests: { slow_threshold: 4s }");
        _clock.Advance(TimeSpan.FromSeconds(2));
        reloads.ShouldBe(1);
        Resolve(around).Options.Requests.SlowThreshold.ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_file_that_became_unreadable_changes_nothing()
    {
        Write("requests: { slow_threshold: 1s }");
        var around = Around();
        Write("requests: { slow_threshold: [ }");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Resolve(around).Options.Requests.SlowThreshold.ShouldBe(TimeSpan.FromSeconds(1));
        System.IO.File.Delete(File);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Resolve(around).Options.Requests.SlowThreshold.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void What_cannot_change_in_a_running_process_is_kept_and_named()
    {
        Write("url: http://old:1\nrequests: { slow_threshold: 1s }");
        var around = Around();
        var running = Resolve(around);
        Write("url: http://new:1\nservice: new\nrequests: { slow_threshold: 4s }");
        _clock.Advance(TimeSpan.FromSeconds(2));
        var now = Settings.Resolve(null, around, running.Values, out var pinned);
        now.Options.Requests.SlowThreshold.ShouldBe(TimeSpan.FromSeconds(4));
        (now.Url.Host, now.Values["ServiceName"]).ShouldBe(("old", null));
        pinned.ShouldBe([$"Url ({File}:1:6)", $"ServiceName ({File}:2:10)"], ignoreOrder: true);
    }

    [Fact]
    public void A_file_that_was_named_must_be_there()
    {
        _variables["TOCSIN_CONFIG"] = Path.Combine(_folder.Path, "none.yaml");
        Should.Throw<ArgumentException>(() => Resolve(Around())).Message.ShouldContain("none.yaml: cannot be read");
    }

    private Settings Resolve(Settings.Surroundings around, Action<TocsinOptions>? configure = null) =>
        Settings.Resolve(configure, around);

    private Settings.Surroundings Around()
    {
        var yaml = YamlFile.Find(_variables.GetValueOrDefault, _clock, [_folder.Path]);
        var configuration = new ConfigurationBuilder();
        if (yaml is not null)
            configuration.Add(yaml);
        return new(_variables, configuration.AddInMemoryCollection(_appsettings).Build(), yaml);
    }

    private void Write(string text)
    {
        System.IO.File.WriteAllText(File, text);
        System.IO.File.SetLastWriteTimeUtc(File, _written = _written.AddSeconds(1));
    }
}
