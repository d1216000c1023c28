namespace Tocsin.Storage.Care;

/// <summary>How far a long piece of work has come.</summary>
public sealed record CareProgress(string Stage, long Files, long FilesTotal, long Bytes, long BytesTotal);

/// <summary>Bytes that are not as they were written.</summary>
/// <param name="File">Path, relative to the folder that was looked at.</param>
/// <param name="Offset">Where in the file; -1 when the file as a whole is meant.</param>
public sealed record Damage(string File, long Offset, string Problem)
{
    public override string ToString() => Offset < 0 ? $"{File}: {Problem}" : $"{File} at byte {Offset}: {Problem}";
}

/// <summary>What a verification has read and found.</summary>
/// <param name="Kind">"data" or "backup".</param>
/// <param name="Folder">The folder that was looked at; of a backup, the snapshot.</param>
public sealed record VerifyReport(
    string Kind, string Folder, long Files, long Bytes, long Segments, long Blocks, IReadOnlyList<Damage> Damage);

/// <summary>What a backup has made.</summary>
/// <param name="Snapshot">Path of the new snapshot.</param>
/// <param name="New">Files that the snapshot before did not have, or not in this form.</param>
/// <param name="NewBytes">Their size.</param>
/// <param name="Copied">Bytes that were copied; the others are hard links.</param>
/// <param name="Problems">Parts of the source that could not be read and are missing here.</param>
public sealed record BackupReport(
    string Snapshot, DateTimeOffset CreatedAt, long Files, long Bytes, long New, long NewBytes, long Copied, IReadOnlyList<string> Problems);

/// <summary>The words say what is in the way and what to do.</summary>
public sealed class CareException(string message) : IOException(message);
