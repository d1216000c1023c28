using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Segment.Columns;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>
/// Readers of bytes from disk meet damage of every kind: they answer or say InvalidDataException, nothing else.
/// </summary>
public sealed class FuzzTests
{
    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Log_files()
    {
        using var source = new Store();
        var batches = new RandomBatches(1);
        for (int i = 0; i < 5; i++)
            source.Append(batches.Next());
        string path = Store.Folder + "/wal/0000000000000001.wal";
        byte[] log = ((MemoryFileSystem)source.Files).ReadAll(path);
        var mutation = new Mutation(FuzzSeed.Of(1));
        for (int i = 0; i < 1500; i++)
        {
            var files = new MemoryFileSystem();
            files.CreateDirectory(Store.Folder + "/wal");
            files.WriteAll(path, mutation.Of(log));
            using var store = new Store(files);
            store.Bodies().Count.ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Segment_files()
    {
        (MemoryFileSystem files, string path) = OneSegment();
        byte[] segment = files.ReadAll(path);
        var mutation = new Mutation(FuzzSeed.Of(2));
        var everything = new BlockQuery(TimeRange.Start, TimeRange.End, new TextContains("user"), false, null);
        for (int i = 0; i < 3000; i++)
        {
            files.WriteAll(path, mutation.Of(segment));
            Survives(() =>
            {
                var blocks = new List<ScanBlock>();
                SegmentFile.Open(files, path, _ => { }).View(TimeRange.Start, TimeRange.End, blocks);
                foreach (ScanBlock block in blocks)
                {
                    if (block.MayMatch(everything))
                        block.Open(everything).Dispose();
                }
            });
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Block_directories_and_columns_behind_right_checksums()
    {
        var mutation = new Mutation(FuzzSeed.Of(3));
        ReadWithDirectories(directory => Enumerable.Range(0, 5000).Select(_ => mutation.Of(directory)));
    }

    [Fact]
    public void Columns_that_are_given_the_role_or_encoding_of_others() => ReadWithDirectories(directory =>
        from at in Enumerable.Range(0, directory.Length)
        from value in Enumerable.Range(0, 24)
        select (byte[])[.. directory[..at], (byte)value, .. directory[(at + 1)..]]);

    private static void ReadWithDirectories(Func<byte[], IEnumerable<byte[]>> directories)
    {
        (MemoryFileSystem files, string path) = OneSegment();
        BlockHeader header = SegmentFile.Open(files, path, _ => { }).Footer.Blocks[0];
        byte[] whole = files.ReadAll(path).ToArray();
        byte[] directory = whole.AsSpan((int)header.Offset, header.DirectoryLength).ToArray();
        foreach (byte[] mutated in directories(directory))
        {
            byte[] bad = mutated;
            Array.Resize(ref bad, directory.Length);
            bad.CopyTo(whole, (int)header.Offset);
            files.WriteAll(path, whole);
            BlockHeader fitting = header with { DirectoryCrc = Crc32C.Of(bad) };
            Survives(() =>
            {
                SegmentFile file = SegmentFile.Open(files, path, _ => { });
                using BlockColumns columns = new ColumnBlock(file, fitting).Columns();
                columns.Load(null);
                var row = new ByteBuffer();
                for (int i = 0; i < header.Rows; i++)
                    _ = Store.Canonical(columns.Assemble(i, row));
            });
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Columns()
    {
        var random = FuzzSeed.Random(4);
        var mutation = new Mutation(FuzzSeed.Of(4));
        foreach ((ColumnEncoding encoding, byte[] raw, int rows) in SampleColumns())
        {
            for (int i = 0; i < 3000; i++)
            {
                Survives(() =>
                {
                    ColumnEncoding said = random.Next(10) == 0 ? (ColumnEncoding)random.Next(15, 23) : encoding;
                    using Column column = Column.Read(said, mutation.Of(raw), rows);
                    var value = new ByteBuffer();
                    for (int row = 0; row < rows; row++)
                    {
                        value.Clear();
                        column.Write(row, value);
                        ReadOnlySpan<byte> rest = value.Span;
                        column.Has(row).ShouldBe(rest.Length > 0);
                        if (rest.Length > 0)
                            _ = FieldValue.Read(ref rest).ToString();
                    }
                });
            }
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Manifests()
    {
        byte[] manifest = new Manifest(7, 3,
            [new(1, Dataset.Logs, new DateOnly(2026, 3, 14)), new(2, Dataset.Spans, new DateOnly(2026, 3, 15))])
            .Encode();
        Manifest.Decode(manifest).Entries.Count.ShouldBe(2);
        var mutation = new Mutation(FuzzSeed.Of(5));
        for (int i = 0; i < 5000; i++)
        {
            byte[] bad = mutation.Of(manifest);
            Survives(() => Manifest.Decode(bad));
            // With a right checksum the content itself is met.
            if (bad.Length >= 4)
            {
                BitConverter.TryWriteBytes(bad.AsSpan(bad.Length - 4), Crc32C.Of(bad.AsSpan(0, bad.Length - 4)));
                Survives(() => Manifest.Decode(bad));
            }
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Cursors()
    {
        var id = new RowId(new Instant(-5), 77);
        RowId.TryParse(id.ToString(), out RowId back).ShouldBeTrue();
        back.ShouldBe(id);
        var mutation = new Mutation(FuzzSeed.Of(6));
        for (int i = 0; i < 3000; i++)
        {
            string text = System.Text.Encoding.Latin1.GetString(
                mutation.Of(System.Text.Encoding.Latin1.GetBytes(id.ToString())));
            if (RowId.TryParse(text, out RowId parsed))
                parsed.ToString().ShouldBe(text, StringCompareShould.IgnoreCase);
        }
    }

    private static IEnumerable<(ColumnEncoding, byte[], int)> SampleColumns()
    {
        const int rows = 40;
        Func<int, object?>[] shapes =
        [
            i => "same", i => i % 3, i => (long)i * 1000 - 7, i => i / 3.0, i => Some.SpanId(i), i => $"text {i}", i => new string((char)('g' + i % 19), i + 1) + i * i,
            i => i * 1e300, i => i % 5 == 0 ? null : i * 0.25,
            i => i % 2 == 0 ? i : new object?[] { i, "x", new Dictionary<string, object?> { ["k"] = i } },
        ];
        foreach (Func<int, object?> shape in shapes)
        {
            foreach (int every in (int[])[1, 3])
            {
                var column = new ColumnBuilder(ColumnRole.Field, [1], new ColumnScratch());
                column.Clear();
                for (int row = 0; row < rows; row += every)
                {
                    using var writer = new EventBatchWriter(Dataset.Logs);
                    Some.Value(writer, shape(row));
                    column.Add(row, writer.Encoded.Span[8..]);
                }
                var raw = new ByteBuffer();
                yield return (column.Encode(rows, raw, null), raw.Span.ToArray(), rows);
            }
        }
    }

    private static (MemoryFileSystem Files, string Path) OneSegment()
    {
        using var store = new Store(options: o => o with { LogRetention = TimeSpan.FromDays(200_000) });
        var batches = new RandomBatches(2);
        store.Append(batches.Next(200));
        store.Database.Seal(default);
        var files = (MemoryFileSystem)store.Files;
        return (files.Copy(), files.Paths.Where(p => p.EndsWith(".seg", StringComparison.Ordinal))
            .MaxBy(p => files.ReadAll(p).Length)!);
    }

    private static void Survives(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            // The one way to say no.
        }
    }
}
