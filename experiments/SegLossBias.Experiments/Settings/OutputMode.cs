namespace SegLossBias.Experiments.Settings;

/// <summary>What a network says of a pixel.</summary>
internal enum OutputMode
{
    /// <summary>A logit of each class, background included; softmax.</summary>
    Multiclass,

    /// <summary>One logit, of the foreground; sigmoid.</summary>
    Binary,
}
