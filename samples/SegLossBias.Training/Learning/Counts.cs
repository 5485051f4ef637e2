namespace SegLossBias.Training;

/// <summary>Foreground pixels of one picture, or of many added up.</summary>
/// <remarks>
/// With neither true nor predicted foreground, Dice and IoU are 1: nothing was there and nothing was found.
/// With foreground on one side only they are 0.
/// </remarks>
/// <param name="Both">Pixels that are foreground in truth and prediction.</param>
/// <param name="True">Foreground pixels of the truth.</param>
/// <param name="Predicted">Foreground pixels of the prediction (larger logit).</param>
/// <param name="Soft">Sum of the predicted foreground probabilities.</param>
/// <param name="Pixels">All pixels.</param>
internal readonly record struct Counts(long Both, long True, long Predicted, double Soft, long Pixels)
{
    public double Dice => True + Predicted == 0 ? 1 : 2.0 * Both / (True + Predicted);

    public double Iou => True + Predicted == 0 ? 1 : (double)Both / (True + Predicted - Both);

    public double TrueProportion => (double)True / Pixels;

    public double PredictedProportion => (double)Predicted / Pixels;

    public static Counts operator +(Counts a, Counts b) =>
        new(a.Both + b.Both, a.True + b.True, a.Predicted + b.Predicted, a.Soft + b.Soft, a.Pixels + b.Pixels);
}
