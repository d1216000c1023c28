using Tocsin.Storage.Io;

namespace Tocsin.Storage.Care;

/// <summary>Puts a whole small file in the place of another, so that a power cut leaves one or the other.</summary>
internal static class FileReplacement
{
    public static void Save(IFileSystem files, string folder, string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(folder, name), temporary = path + FileNames.TemporaryExtension;
        using (IFile file = files.Create(temporary))
        {
            file.Write(0, content);
            file.Sync();
        }
        files.Rename(temporary, path);
        files.SyncDirectory(folder);
    }
}
