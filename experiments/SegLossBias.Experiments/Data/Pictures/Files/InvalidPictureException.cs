namespace SegLossBias.Experiments.Data;

/// <summary>A picture or mask that cannot be used; the message says why, in one line, after the file's name.</summary>
internal sealed class InvalidPictureException(string reason) : Exception(reason)
{
    /// <summary>Of a damaged file.</summary>
    public const string Damaged = "cannot be decoded";

    public static void Unless(bool met, string otherwise = Damaged)
    {
        if (!met)
        {
            throw new InvalidPictureException(otherwise);
        }
    }
}
