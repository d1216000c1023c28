using System.Text;
using System.Text.Json;
using Tocsin.Cli.Tailing;
using Tocsin.Cli.Tests.Run;

namespace Tocsin.Cli.Tests.Tailing;

/// <summary>Files that grow, are renamed, truncated and deleted, with a server that may be away.</summary>
public sealed class FileTailerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LineEar _ear = new();
    private readonly List<string> _told = [];
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private string Log => _folder.At("app.log");

    [Fact]
    public async Task What_is_there_and_what_is_added_arrives_once_and_in_order()
    {
        File.WriteAllText(Log, Lines(0, 100));
        Start();
        await Arrived(100);
        for (int i = 100; i < 200; i++)
            File.AppendAllText(Log, Lines(i, 1));
        await Arrived(200);
        await Stop();
        Numbers().ShouldBe(Enumerable.Range(0, 200));
        _ear.Routes[0].ShouldStartWith($"/api/tocsin/v1/ingest/jsonl?resource.log.file.path={Uri.EscapeDataString(Log)}");
    }

    [Fact]
    public async Task A_restart_goes_on_where_the_server_acknowledged()
    {
        File.WriteAllText(Log, Lines(0, 10) + "{\"n\":10"); // the last line is still being written
        Start();
        await Arrived(10);
        await Stop();
        File.AppendAllText(Log, "}\n" + Lines(11, 5));
        Start();
        await Arrived(16);
        await Stop();
        Numbers().ShouldBe(Enumerable.Range(0, 16));
    }

    [Fact]
    public async Task While_the_server_refuses_nothing_is_lost_and_the_position_stays()
    {
        _ear.Answer = _ => 503;
        File.WriteAllText(Log, Lines(0, 10));
        Start();
        await Eventually(() => _ear.Routes.Count > 2);
        await Stop();
        _told.ShouldContain(t => t.Contains("answers 503"));
        Position().ShouldBe(0);
        _ear.Answer = _ => 200;
        Start();
        await Arrived(10);
        await Stop();
        Position().ShouldBe(new FileInfo(Log).Length);
        Numbers().ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task A_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start()
    {
        File.WriteAllText(Log, Lines(0, 10));
        Start();
        await Arrived(10);
        using (StreamWriter old = new(new FileStream(Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)))
        {
            File.Move(Log, Log + ".1");
            File.WriteAllText(Log, Lines(100, 10));
            old.Write(Lines(10, 10)); // the writer has not noticed yet
        }
        await Arrived(30);
        await Stop();
        Numbers().Order().ShouldBe([.. Enumerable.Range(0, 20), .. Enumerable.Range(100, 10)]);
    }

    [Fact]
    public async Task A_file_renamed_while_nobody_looked_is_read_to_its_end()
    {
        File.WriteAllText(Log, Lines(0, 10));
        Start();
        await Arrived(10);
        await Stop();
        File.AppendAllText(Log, Lines(10, 10));
        File.Move(Log, Log + ".1");
        File.WriteAllText(Log, Lines(100, 10));
        Start();
        await Arrived(30);
        await Stop();
        Numbers().Order().ShouldBe([.. Enumerable.Range(0, 20), .. Enumerable.Range(100, 10)]);
    }

    [Theory]
    [InlineData(3)] // shorter than before
    [InlineData(50)] // longer than before by the time it is looked at
    public async Task A_file_truncated_in_place_is_read_from_its_start(int lines)
    {
        File.WriteAllText(Log, Lines(0, 10));
        Start();
        await Arrived(10);
        using (var same = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            same.SetLength(0);
            same.Write(Encoding.UTF8.GetBytes(Lines(100, lines)));
        }
        await Arrived(10 + lines);
        await Stop();
        Numbers().ShouldBe([.. Enumerable.Range(0, 10), .. Enumerable.Range(100, lines)]);
    }

    [Fact]
    public async Task An_inode_used_again_is_another_file()
    {
        File.WriteAllText(Log, Lines(0, 10));
        Start();
        await Arrived(10);
        await Stop();
        using (var same = new FileStream(Log, FileMode.Open, FileAccess.Write))
        {
            same.SetLength(0);
            same.Write(Encoding.UTF8.GetBytes(Lines(100, 20)));
        }
        Start();
        await Arrived(30);
        await Stop();
        Numbers().ShouldBe([.. Enumerable.Range(0, 10), .. Enumerable.Range(100, 20)]);
    }

    [Fact]
    public async Task A_pattern_finds_files_that_come_later_and_reads_none_twice()
    {
        Directory.CreateDirectory(_folder.At("logs", "deep"));
        File.WriteAllText(_folder.At("logs", "a.log"), Lines(0, 5));
        File.WriteAllText(_folder.At("logs", "packed.log.gz"), "nonsense\n");
        Start(_folder.At("logs", "**", "*.log*"));
        await Arrived(5);
        File.WriteAllText(_folder.At("logs", "deep", "b.log"), Lines(5, 5));
        File.Move(_folder.At("logs", "a.log"), _folder.At("logs", "a.log.1"));
        await Arrived(10);
        File.AppendAllText(_folder.At("logs", "a.log.1"), Lines(10, 1));
        await Arrived(11);
        await Stop();
        Numbers().ShouldBe(Enumerable.Range(0, 11));
    }

    [Fact]
    public async Task A_stack_trace_is_one_record_and_plain_text_gets_service_and_host()
    {
        File.WriteAllText(Log, "2026-03-14 15:00:00 ERROR failed\nSystem.Exception: x\n   at a\n");
        Start();
        await Arrived(1);
        await Stop();
        JsonElement record = JsonDocument.Parse(_ear.Lines[0]).RootElement;
        record.GetProperty("message").GetString().ShouldBe("2026-03-14 15:00:00 ERROR failed\nSystem.Exception: x\n   at a");
        record.GetProperty("level").GetString().ShouldBe("ERROR");
        _ear.Routes[0].ShouldContain("resource.service.name=app&resource.host.name=");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_halved_and_a_record_that_is_goes_alone()
    {
        _ear.Answer = lines => lines > 3 ? 413 : 200;
        File.WriteAllText(Log, Lines(0, 10));
        Start();
        await Arrived(10);
        await Stop();
        Numbers().ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task A_line_that_never_ends_is_cut_in_bounded_memory()
    {
        File.WriteAllText(Log, "{\"n\":0}\n" + new string('x', 3 << 20) + "\n{\"n\":1}\n");
        Start();
        await Arrived(3);
        await Stop();
        _ear.Lines[1].Length.ShouldBeLessThan(2 << 20);
        _ear.Lines[2].ShouldBe("{\"n\":1}");
    }

    [Fact]
    public async Task Once_ends_when_all_is_read_a_last_line_without_end_as_well()
    {
        File.WriteAllText(Log, Lines(0, 10) + "{\"n\":10}");
        Start(once: true);
        await _running;
        Numbers().ShouldBe(Enumerable.Range(0, 11));
        Start(once: true);
        await _running;
        _ear.Lines.Count.ShouldBe(11);
    }

    [Fact]
    public async Task Two_cannot_keep_the_same_positions()
    {
        File.WriteAllText(Log, "");
        Start();
        Should.Throw<IOException>(() => new PositionFile(_folder.At("state"))).Message.ShouldContain("another 'tocsin tail-file'");
        await Stop();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Positions_that_cannot_be_read_are_none()
    {
        Directory.CreateDirectory(_folder.At("state"));
        var mutation = new Tocsin.Testing.Mutation(Tocsin.Testing.FuzzSeed.Of(71));
        byte[] good = """{"version":1,"files":[{"path":"/var/log/app.log","device":1,"inode":2,"offset":3,"fingerprintLength":4,"fingerprint":"ab"}]}"""u8.ToArray();
        using var positions = new PositionFile(_folder.At("state"));
        int read = 0;
        for (int i = 0; i < 2000; i++)
        {
            File.WriteAllBytes(_folder.At("state", "positions.json"), i == 0 ? good : mutation.Of(good));
            read += positions.Load().Count;
        }
        read.ShouldBeGreaterThan(0);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _running.ContinueWith(_ => { }).Wait();
        _stop.Dispose();
        _ear.Dispose();
        _folder.Dispose();
    }

    private static string Lines(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(i => $"{{\"n\":{i}}}\n"));

    private IEnumerable<int> Numbers() => _ear.Lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("n").GetInt32());

    private long Position() => JsonDocument.Parse(File.ReadAllBytes(_folder.At("state", "positions.json")))
        .RootElement.GetProperty("files")[0].GetProperty("offset").GetInt64();

    private void Start(string? pattern = null, bool once = false)
    {
        _stop = new CancellationTokenSource();
        var settings = new TailSettings
        {
            Patterns = [pattern ?? Log], Url = _ear.Url, StateDirectory = _folder.At("state"), Once = once,
            Poll = TimeSpan.FromMilliseconds(20), Discovery = TimeSpan.FromMilliseconds(20), JoinWait = TimeSpan.FromMilliseconds(300), FirstRetry = TimeSpan.FromMilliseconds(20),
        };
        var positions = new PositionFile(settings.StateDirectory);
        var sender = new TailSender(settings, TimeProvider.System, _told.Add);
        CancellationToken stop = _stop.Token;
        _running = Task.Run(async () =>
        {
            using (positions)
            using (sender)
            {
                try
                {
                    await new FileTailer(settings, positions, sender, TimeProvider.System, _told.Add).Run(stop);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    // Stopped by the test.
                }
            }
        });
    }

    private async Task Stop()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private Task Arrived(int lines) => Eventually(() => _ear.Lines.Count >= lines);

    private async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            if (_running.IsFaulted)
                await _running;
            await Task.Delay(10, deadline.Token);
        }
    }
}
