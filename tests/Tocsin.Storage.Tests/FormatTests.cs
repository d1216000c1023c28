using System.Text.RegularExpressions;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Wal;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>The bytes on disk are those that docs/formats shows; a change here breaks existing data folders.</summary>
public sealed class FormatTests
{
    [Fact]
    public void Crc32c_has_the_value_of_the_standard() => Crc32C.Of("123456789"u8).ShouldBe(0xE3069283u);

    [Fact]
    public void Crc32c_goes_on_from_a_sum() =>
        Crc32C.Of("56789"u8, Crc32C.Of("1234"u8)).ShouldBe(Crc32C.Of("123456789"u8));

    [Fact]
    public void A_log_file()
    {
        byte[] payload = Some.Batch(Some.Log("hi"));
        byte[] file = new byte[WalFormat.HeaderLength + WalFormat.FrameHeaderLength + payload.Length];
        WalFormat.WriteHeader(file, 1, 0x01020304);
        WalFormat.WriteFrameHeader(file.AsSpan(WalFormat.HeaderLength), payload, 7, 0x01020304);
        payload.CopyTo(file, WalFormat.HeaderLength + WalFormat.FrameHeaderLength);
        Documented("wal.md").ShouldBe(Hex(file));
    }

    [Fact]
    public void A_manifest()
    {
        Documented("manifest.md").ShouldBe(Hex(
            new Manifest(100, 3,
                [new(1, Dataset.Logs, new DateOnly(2026, 3, 14), "payments"), new(2, Dataset.Spans, new DateOnly(2026, 3, 14))])
                .Encode()));
        Manifest old = Manifest.Decode(Convert.FromHexString(
            Documented("manifest.md", fromEnd: 2).Replace(" ", "").Replace("\n", "")));
        old.CoveredSequence.ShouldBe(100ul);
        old.Entries.ShouldBe(
            [new(1, Dataset.Logs, new DateOnly(2026, 3, 14)), new(2, Dataset.Spans, new DateOnly(2026, 3, 14))]);
    }

    [Fact]
    public void Tombstones() => Documented("tombstones.md").ShouldBe(Hex(new TombstoneFile(2,
        [new Tombstone(1, Dataset.Logs, "user:=ann", Predicate.All, new Instant(long.MinValue), Some.Noon, 7)]).Encode()));

    [Fact]
    public void A_segment()
    {
        var rows = new RowTable();
        var reader = new EventBatchReader(Some.Batch(
            Some.Log("first").With(("n", 1)),
                Some.Log("second", 1) with { TraceId = Some.TraceId(0), Severity = Severity.Error }));
        for (ulong sequence = 7; reader.MoveNext(); sequence++)
            rows.Add(reader.Row, new RowId(reader.Row.Time, sequence));
        var files = new MemoryFileSystem();
        new SegmentWriter(files, "/events").Write(1, Dataset.Logs, new DateOnly(2026, 3, 14), rows, 7, 9, [5]);
        Documented("segment.md").ShouldBe(Hex(files.ReadAll("/events/logs/2026-03-14/0000000000000001.seg")));
    }

    [Fact]
    public void A_segment_of_version_1_still_opens()
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory("/old");
        files.WriteAll("/old/1.seg", Convert.FromHexString(Documented("segment-1.md").Replace(" ", "").Replace("\n", "")));
        SegmentFile segment = SegmentFile.Open(files, "/old/1.seg", error => throw error);
        var blocks = new List<ScanBlock>();
        segment.View(TimeRange.Start, TimeRange.End, blocks);
        using BlockMatches rows = blocks.ShouldHaveSingleItem().Open(
            new BlockQuery(TimeRange.Start, TimeRange.End, Predicate.All, OldestFirst: true, After: null));
        rows.Count.ShouldBe(2);
        rows.Id.Sequence.ShouldBe(7ul);
        rows.Current.TryGet("n"u8, out FieldValue n).ShouldBeTrue();
        n.AsInt.ShouldBe(1);
        rows.Advance().ShouldBeTrue();
        rows.Current.TryGet("@body"u8, out FieldValue body).ShouldBeTrue();
        body.ToString().ShouldBe("second");
        rows.Current.TraceId.SequenceEqual(Some.TraceId(0)).ShouldBeTrue();
    }

    [Fact]
    public void A_token_hash_never_changes()
    {
        Tokens.Hash("Timeout"u8).ShouldBe(Tokens.Hash("tIMEOUT"u8));
        Tokens.Hash("timeout"u8).ShouldBe(HashOfTimeout);
    }

    private const ulong HashOfTimeout = 13979200697551863626;

    private static string Hex(byte[] bytes) =>
        string.Join('\n', bytes.Chunk(16).Select(line => string.Join(' ', line.Select(b => $"{b:x2}"))));

    /// <summary>A hex block of a format page, counted from the end.</summary>
    private static string Documented(string page, int fromEnd = 1)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tocsin.slnx")))
            folder = Path.GetDirectoryName(folder);
        string text = File.ReadAllText(Path.Combine(folder.ShouldNotBeNull(), "docs", "formats", page));
        return Regex.Matches(text, "```hex\n(.*?)\n```", RegexOptions.Singleline)[^fromEnd].Groups[1].Value;
    }
}
