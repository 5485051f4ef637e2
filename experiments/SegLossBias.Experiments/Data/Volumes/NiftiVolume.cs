namespace SegLossBias.Experiments.Data;

/// <summary>A NIfTI file as numbers.</summary>
/// <param name="Header">What the file says about them.</param>
/// <param name="Values">[C,D,H,W] in order, scaled as the header says.</param>
internal sealed record NiftiVolume(NiftiHeader Header, float[] Values);
