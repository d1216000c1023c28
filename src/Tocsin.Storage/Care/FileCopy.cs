using System.Buffers;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Care;

/// <summary>Copies of files that are on disk when the call returns.</summary>
internal static class FileCopy
{
    private const int Piece = 1 << 20;

    /// <param name="files">Holds both.</param>
    /// <param name="source">May grow meanwhile.</param>
    /// <param name="target">Its folder is there.</param>
    /// <param name="most">Bytes to copy at most.</param>
    /// <param name="copied">Told how many bytes were copied.</param>
    /// <param name="cancel">Ends it.</param>
    public static void Copy(
        IFileSystem files, string source, string target, long most, Action<int> copied, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            using IFile from = files.OpenRead(source), to = files.Create(target);
            long length = Math.Min(most, from.Length);
            for (long at = 0; at < length;)
            {
                cancel.ThrowIfCancellationRequested();
                int read = from.Read(at, buffer.AsSpan(0, (int)Math.Min(Piece, length - at)));
                if (read == 0)
                    break;
                to.Write(at, buffer.AsSpan(0, read));
                at += read;
                copied(read);
            }
            to.Sync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
