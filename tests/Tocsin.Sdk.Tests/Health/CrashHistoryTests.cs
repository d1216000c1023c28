using TocsinSdk.Crashes;
using TocsinSdk.Health;
using TocsinSdk.Redaction;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Health;

/// <summary>Crashes that /health/crashes tells of.</summary>
public sealed class CrashHistoryTests : IDisposable
{
    private static readonly Redactor s_redactor = new(new RedactionOptions());
    private readonly TempFolder _folder = new();

    [Fact]
    public void What_one_process_noted_the_next_one_and_a_neighbour_know()
    {
        var (mine, neighbour) = (New(), New());
        mine.Add(Entry(1));
        neighbour.Add(Entry(2));
        mine.Add(Entry(2));
        mine.Read().Select(e => e.CrashId).ShouldBe(["C2", "C1"]);
        New().Read().ShouldBe(mine.Read());
        Lines().ShouldBe(2);
    }

    [Fact]
    public void A_record_from_a_runs_folder_is_understood()
    {
        var history = New();
        var facts = Some.Facts(exception: new InvalidOperationException("the ledger does not add up"));
        history.Add(CrashRecordWriter.ToBytes(new FixedBuffer(1 << 20), facts));
        var entry = history.Read().ShouldHaveSingleItem();
        entry.ShouldBe(new CrashEntry(facts.CrashId, facts.Time, "unhandled", typeof(InvalidOperationException).FullName,
            "the ledger does not add up", Some.Identity.RunId));
        history.Add(facts);
        history.Read().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"crash_id\":7,\"timestamp\":\"2026-11-21T04:05:06Z\"}")]
    [InlineData("{\"crash_id\":\"C1\"}")]
    [InlineData("{\"crash_id\":\"C1\",\"timestamp\":12}")]
    [InlineData("{\"crash_id\":\"C1\",\"timestamp\":\"20")]
    public void A_damaged_line_is_left_out(string line)
    {
        CrashHistory.Parse(line).ShouldBeNull();
        File.WriteAllText(Path.Combine(_folder.Path, CrashHistory.FileName), line + "\n");
        var history = New();
        history.Read().ShouldBeEmpty();
        history.Add(Entry(1));
        New().Read().Count.ShouldBe(1);
    }

    [Fact]
    public void The_thousand_newest_are_kept_and_the_file_does_not_grow_for_ever()
    {
        var path = Path.Combine(_folder.Path, CrashHistory.FileName);
        File.WriteAllLines(path, Enumerable.Range(0, 2500).Select(i =>
            $$"""{"crash_id":"C{{i}}","timestamp":"{{Some.Time.AddSeconds(i):O}}","class":"abnormal"}"""));
        var crashes = New().Read();
        crashes.Count.ShouldBe(CrashHistory.Max);
        crashes[0].CrashId.ShouldBe("C2499");
        Lines().ShouldBe(CrashHistory.Max);
    }

    [Fact]
    public void Secrets_do_not_reach_the_file()
    {
        var history = New();
        history.Add(Entry(1) with { ErrorMessage = "login failed: password=hunter22222 for bob" });
        history.Read()[0].ErrorMessage.ShouldNotBeNull().ShouldNotContain("hunter22222");
        File.ReadAllText(Path.Combine(_folder.Path, CrashHistory.FileName)).ShouldNotContain("hunter22222");
    }

    [Fact]
    public void Without_a_folder_it_remembers_all_the_same()
    {
        var history = new CrashHistory(null, s_redactor);
        history.Add(Entry(1));
        history.Read().Count.ShouldBe(1);
    }

    [Fact]
    public void An_error_that_was_caught_and_reported_is_no_crash()
    {
        var history = New();
        history.Add(Entry(1) with { Class = CrashClasses.Captured });
        history.Read().ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private CrashHistory New() => new(_folder.Path, s_redactor);

    private int Lines() => File.ReadAllLines(Path.Combine(_folder.Path, CrashHistory.FileName)).Length;

    private static CrashEntry Entry(int n) => new($"C{n}", Some.Time.AddMinutes(n), "unhandled", "E", "m", "run");
}
