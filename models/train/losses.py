"""What the network is asked for, on the scores that the program answers with."""

import torch
import torch.nn.functional as F


def scores(roots):
    """[n, 7, 7, channels] or any side, square roots -> the program's scores of all pairs [n, n]: a thing and
    its mirror image are alike."""
    roots = F.normalize(roots.flatten(1), dim=1).view_as(roots)
    mirrored = roots.flip(2)
    even, odd = ((roots + sign * mirrored).flatten(1) / 2 for sign in (1, -1))
    return even @ even.T + (odd @ odd.T).abs()


def roots(maps):
    """[n, channels, side, side], not negative -> [n, side, side, channels]; no slope at zero."""
    return maps.permute(0, 2, 3, 1).clamp(min=1e-4).sqrt()


def order(found, wanted, counted):
    """One minus the correlation of each row of scores with its teacher's, over the pairs that count."""
    weights = counted.float()
    total = weights.sum(1, keepdim=True).clamp(min=1)

    def centred(rows):
        return (rows - (rows * weights).sum(1, keepdim=True) / total) * weights

    return (1 - F.cosine_similarity(centred(found), centred(wanted), dim=1)).mean()


def contrast(found, is_near, is_far, temperature):
    """In each row the near are nearer than the far (supervised contrastive loss)."""
    logits = (found / temperature).masked_fill(~(is_near | is_far), -1e4)
    likelihood = logits - logits.logsumexp(1, keepdim=True)
    return -((likelihood * is_near).sum(1) / is_near.sum(1).clamp(min=1)).mean()


def drawn(found, objects, classes):
    """Views of one object are nearer to each other than to any other drawing, and objects of one class than to
    those of others."""
    of_object, of_class = (numbers[:, None] == numbers[None] for numbers in (objects, classes))
    itself = torch.eye(len(objects), dtype=torch.bool)
    instances = contrast(found, of_object & ~itself, ~of_object, 0.05)
    return instances, contrast(found, of_class & ~of_object, ~of_class, 0.1)


def places(found, wanted):
    """One minus the cosine at each place of the map, where the teacher sees something."""
    return (1 - F.cosine_similarity(found, wanted, dim=-1)).mean()


def classes(found, wanted, temperature=2.0):
    """The divergence from the teacher's softened classes."""
    log, soft = F.log_softmax(found / temperature, 1), F.softmax(wanted / temperature, 1)
    return F.kl_div(log, soft, reduction="batchmean") * temperature**2
