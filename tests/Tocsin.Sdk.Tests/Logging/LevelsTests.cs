using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;

namespace TocsinSdk.Tests.Logging;

public sealed class LevelsTests : IDisposable
{
    private readonly LogPipeline _logs = new(o => o.RequestRing = 3);

    public void Dispose() => _logs.Dispose();

    private string[] Messages => [.. _logs.Lines().Select(static l => l.GetProperty("message").GetString()!)];

    [Fact]
    public void The_longest_name_wins_and_run_time_beats_configuration()
    {
        var levels = new LogLevels();
        levels.TakeFramework(LogLevel.Information,
            [new(null, "Microsoft", LogLevel.Warning, null), new(null, "Shop.*.Inner", LogLevel.Error, null)]);
        levels.IsOn("Microsoft.Hosting", LogLevel.Information).ShouldBeFalse();
        levels.IsOn("Shop", LogLevel.Information).ShouldBeTrue();
        levels.IsOn("Shop.Cart.Inner", LogLevel.Warning).ShouldBeFalse();
        levels.TakeOptions(new LogOptions { Level = LogLevel.Debug, Levels = { ["Microsoft"] = LogLevel.Trace } });
        levels.IsOn("Shop", LogLevel.Debug).ShouldBeTrue();
        levels.IsOn("Microsoft.Hosting", LogLevel.Trace).ShouldBeTrue();
        levels.TakeServer(new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Error });
        levels.IsOn("Microsoft.Hosting", LogLevel.Warning).ShouldBeFalse();
        levels.Set("Microsoft", LogLevel.Information);
        levels.IsOn("Microsoft.Hosting", LogLevel.Information).ShouldBeTrue();
        levels.Set("Microsoft", null);
        levels.IsOn("Microsoft.Hosting", LogLevel.Warning).ShouldBeFalse();
    }

    [Fact]
    public void A_level_changed_at_run_time_holds_for_loggers_already_made()
    {
        var log = _logs.Log;
        log.LogDebug("before");
        _logs.Provider.Levels.Set("Shop", LogLevel.Debug);
        log.LogDebug("during");
        _logs.Provider.Levels.Set("Shop", null);
        log.LogDebug("after");
        Messages.ShouldBe(["during"]);
    }

    [Fact]
    public async Task The_ring_of_a_request_is_written_only_when_it_is_released()
    {
        var options = new LogOptions { RequestRing = 3 };
        using (RequestLogs.Begin(_logs.Provider, options))
            _logs.Log.LogDebug("of a request that went well");
        using (var request = RequestLogs.Begin(_logs.Provider, options))
        {
            for (var i = 0; i < 5; i++)
            {
                await Task.Yield();
                _logs.Log.LogDebug("step {I}", i);
            }
            _logs.Log.LogTrace("below what is remembered");
            _logs.Factory.CreateLogger("Microsoft.X").LogDebug("the framework's");
            request!.Release();
            _logs.Log.LogDebug("after the release");
        }
        _logs.Log.LogDebug("outside");
        Messages.ShouldBe(["step 2", "step 3", "step 4", "after the release"]);
    }

    [Fact]
    public void A_debugged_request_is_written_whole_the_others_are_not()
    {
        var options = new LogOptions();
        using (RequestLogs.Begin(_logs.Provider, options, LogLevel.Trace))
        {
            _logs.Log.LogTrace("mine");
            _logs.Factory.CreateLogger("Microsoft.X").LogDebug("the framework's too");
            var other = new Thread(() => _logs.Log.LogTrace("another's"));
            using (ExecutionContext.SuppressFlow())
                other.Start();
            other.Join();
        }
        Messages.ShouldBe(["mine", "the framework's too"]);
    }

    [Fact]
    public void A_failed_login_goes_to_the_security_file_with_its_address()
    {
        _logs.Factory.CreateSecurityLogger().FailedLogin("203.0.113.7", "ann", "wrong password");
        var line = _logs.Lines("security.log").ShouldHaveSingleItem();
        line.GetProperty("logger").GetString().ShouldBe("security");
        line.GetProperty("event").GetString().ShouldBe("failed_login");
        line.GetProperty("properties").GetProperty("ip_address").GetString().ShouldBe("203.0.113.7");
        line.GetProperty("properties").GetProperty("username").GetString().ShouldBe("ann");
    }
}
