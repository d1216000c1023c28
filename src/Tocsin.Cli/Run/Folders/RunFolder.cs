using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Cli.Run.Evidence;

namespace Tocsin.Cli.Run.Folders;

/// <summary>
/// The private folder of one run, mode 0700. Its owner holds the lock file; a folder whose lock is free belongs to a
/// supervisor that is gone. Layout: docs/formats/spool.md.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    public const string IdentityFile = "run.json", LockFile = "supervisor.lock", StopFile = "stop";

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public static RunFolder? TryCreate(string parent, string runId)
    {
        try
        {
            PrivateFolder.Create(parent);
            var path = PrivateFolder.Create(System.IO.Path.Combine(parent, runId));
            return TryTake(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes the folder's lock; null while another supervisor holds it.</summary>
    public static RunFolder? TryTake(string path)
    {
        try
        {
            // FileShare.None takes an advisory lock that the kernel gives back when the holder dies, however it dies.
            var held = new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate,
                FileAccess.ReadWrite, FileShare.None);
            return new RunFolder(path, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void WriteIdentity(RunMark mark) =>
        TryWrite(IdentityFile, JsonSerializer.SerializeToUtf8Bytes(mark, RunMarkJson.Default.RunMark));

    public RunMark? ReadIdentity()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FileAt(IdentityFile)), RunMarkJson.Default.RunMark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException
            or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Remembers a wish to stop, for a later supervisor that has to judge this run.</summary>
    public void MarkStop(string signal) => TryWrite(StopFile, System.Text.Encoding.ASCII.GetBytes(signal + "\n"));

    public bool StopMarked => File.Exists(FileAt(StopFile));

    public void Delete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that outlived the run still writes here; the next supervisor tries again.
        }
    }

    public void Dispose() => _lock.Dispose();

    private void TryWrite(string name, byte[] bytes)
    {
        try
        {
            File.WriteAllBytes(FileAt(name), bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only a later orphan hunt would miss it.
        }
    }

    private string FileAt(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>run.json: who this run is, written before and after the start of the child.</summary>
internal sealed record RunMark(RunIdentity Run, string? BootId, long? PidStartTicks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunMark))]
internal sealed partial class RunMarkJson : JsonSerializerContext;
