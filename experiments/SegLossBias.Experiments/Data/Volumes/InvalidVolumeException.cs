namespace SegLossBias.Experiments.Data;

/// <summary>A volume that cannot be used; the message says why, in one line and without the file's name.</summary>
internal sealed class InvalidVolumeException(string reason) : Exception(reason)
{
    public static void Unless(bool met, FormattableString otherwise)
    {
        if (!met)
        {
            throw new InvalidVolumeException(FormattableString.Invariant(otherwise));
        }
    }
}
