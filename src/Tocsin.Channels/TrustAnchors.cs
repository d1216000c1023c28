using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tocsin.Channels;

/// <summary>Certificates of a private authority that replace the system's for one channel.</summary>
internal sealed class TrustAnchors
{
    private readonly X509Certificate2Collection _certificates = [];

    private TrustAnchors()
    {
    }

    /// <summary>Null with a reason when the file cannot be read or holds no certificate.</summary>
    public static (TrustAnchors? Anchors, string? Error) Load(string path)
    {
        var anchors = new TrustAnchors();
        try
        {
            anchors._certificates.ImportFromPemFile(path);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, broken.Message);
        }
        return anchors._certificates.Count > 0 ? (anchors, null) : (null, "the file holds no certificate");
    }

    public X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(_certificates);
        return policy;
    }
}
