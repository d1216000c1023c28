using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Tocsin.Cli.Tailing;

/// <summary>
/// The first bytes of a file, hashed: tells a file that was truncated and written anew, or an inode used again, from the
/// one that was being read.
/// </summary>
internal readonly record struct Fingerprint(int Length, string Hash)
{
    public const int MaxLength = 1024;

    public static Fingerprint Of(SafeFileHandle file, int length = MaxLength)
    {
        Span<byte> head = stackalloc byte[MaxLength];
        int read = RandomAccess.Read(file, head[..Math.Min(length, MaxLength)], 0);
        return new Fingerprint(read, Convert.ToHexStringLower(SHA256.HashData(head[..read])[..8]));
    }

    /// <summary>Whether the file still begins like this.</summary>
    public bool Fits(SafeFileHandle file) => Length == 0 || Of(file, Length) == this;
}
