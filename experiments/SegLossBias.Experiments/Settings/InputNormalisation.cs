namespace SegLossBias.Experiments.Settings;

/// <summary>How the values of a picture, 0 to 255, are scaled before a network sees them.</summary>
internal static class InputNormalisation
{
    /// <summary>Mean of red, green and blue over ImageNet, as fractions of 255, as torchvision's weights expect.</summary>
    public static readonly float[] Mean = [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation, likewise.</summary>
    public static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];
}
