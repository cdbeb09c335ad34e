# Doxygen 1.9 stumbles over specialisations of others' templates: it does not get to see them.
/^struct \(boost\|std\)::.*};$/d
/^struct \(boost\|std\)::/,/^};$/d
